import { request } from 'undici';
import { endingOf } from '../failures/ending-of.ts';
import type { Access } from './catalogue.ts';
import type { KeyedAccess } from './chosen-provider.ts';
import { type Judged, judgeAnswer } from './judge-answer.ts';

/** An answer is read up to here: one without end is none. */
const mostBytes = 4 * 1024 * 1024;
const prompt = 'Reply with exactly: SMOKE_PONG';
/** Enough for models that think before they speak. */
const mostTokens = 512;

/** One request to a provider and what came of it. No field holds a credential. */
export interface Asked {
  readonly judged: Judged;
  /** Without its query, which may hold a key. */
  readonly address: string;
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  /** As the provider names the request in its own logs. */
  readonly requestId: string | undefined;
  readonly durationMs: number;
}

/** Asks a provider for a few words, in one way and without the product between. Never throws for what the provider does. */
export async function askProvider(access: KeyedAccess, model: string, timeoutMs: number): Promise<Asked> {
  const { path, body } = requestOf(access, model);
  const address = `${access.url}${path}`;
  const startedAt = performance.now();
  let answer: { status: number; contentType: string; requestId: string | undefined } | undefined;
  const over = (judged: Judged): Asked => ({
    judged,
    address,
    status: answer?.status,
    contentType: answer?.contentType,
    requestId: answer?.requestId,
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    const target = new URL(address);
    if (access.auth === 'query') target.searchParams.set('key', access.key);
    // No redirect is followed: it would take the key to somebody else.
    const response = await request(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credential(access) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { statusCode: status, headers } = response;
    const contentType = String(headers['content-type'] ?? '');
    const requestId = headers['x-request-id'] ?? headers['request-id'] ?? headers['cf-ray'];
    answer = { status, contentType, requestId: requestId && String(requestId) };
    const text = await boundedText(response.body);
    if (text === undefined)
      return over({ ending: { how: 'shape', what: `an answer of more than ${mostBytes} bytes` } });
    return over(judgeAnswer(access.dialect, { ...answer, text }));
  } catch (error) {
    return over({ ending: endingOf(error) });
  }
}

function requestOf({ dialect }: Access, model: string): { readonly path: string; readonly body: object } {
  const messages = [{ role: 'user', content: prompt }];
  if (dialect === 'anthropic')
    return { path: '/messages', body: { model, max_tokens: mostTokens, messages } };
  if (dialect === 'openai') return { path: '/chat/completions', body: { model, messages } };
  const contents = [{ role: 'user', parts: [{ text: prompt }] }];
  return {
    path: `/models/${encodeURIComponent(model)}:generateContent`,
    body: { contents, generationConfig: { maxOutputTokens: mostTokens } },
  };
}

/** Header that an OAuth token needs to be taken for one. */
const oauthBeta = { 'anthropic-beta': 'oauth-2025-04-20' };

function credential({ auth, dialect, key }: KeyedAccess): Readonly<Record<string, string>> {
  const version = dialect === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {};
  if (key === '' || auth === 'none' || auth === 'query') return version;
  if (auth === 'bearer') return { ...version, authorization: `Bearer ${key}` };
  if (auth === 'oauth-token') return { ...version, ...oauthBeta, authorization: `Bearer ${key}` };
  return { ...version, [auth]: key };
}

async function boundedText(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
