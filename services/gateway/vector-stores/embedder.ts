import { request } from 'undici';
import { readBody } from '../../kit/http/bounded-body.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { ModelPlane } from '../model/model-call.ts';
import type { Targets } from '../model/target.ts';
import { connectionFailure, invalidAnswer, refusal } from '../upstream/upstream-failure.ts';

/** Unit vectors of texts, in their order; throws OpenaiErrors. */
export type Embed = (texts: readonly string[], signal: AbortSignal) => Promise<readonly Float32Array[]>;

const batchTexts = 64;
const maxAnswerBytes = 64 * 1024 * 1024;

/** Asks the provider of `model` (an id of the gateway) for embeddings; without one every call is refused with 501. */
export function createEmbedder(
  { dispatcher, requestTimeoutMs }: ModelPlane,
  targets: Targets,
  model: string | undefined,
): Embed {
  const target = model === undefined ? undefined : targets.get(model);
  const provider = target?.kind === 'provider' ? target.providers[0] : undefined;
  if (model === undefined || provider === undefined) return () => Promise.reject(notConfigured());
  const [key] = provider.apiKeys ?? [];
  const headers = { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) };

  const ask = async (input: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> => {
    try {
      const { statusCode, body } = await request(`${provider.baseUrl}/embeddings`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ model: provider.models[model], input, encoding_format: 'float' }),
        dispatcher,
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      const text = (await readBody(body, maxAnswerBytes)).toString('utf8');
      if (statusCode !== 200) throw refusal(statusCode, text, provider.id);
      return vectorsOf(text, input.length, provider.id);
    } catch (cause) {
      throw connectionFailure(cause, provider.id);
    }
  };

  return async (texts, signal) => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += batchTexts) {
      vectors.push(...(await ask(texts.slice(from, from + batchTexts), signal)));
    }
    return vectors;
  };
}

function vectorsOf(text: string, count: number, who: string): readonly Float32Array[] {
  let data: unknown;
  try {
    data = JSON.parse(text).data;
  } catch {
    throw invalidAnswer(who);
  }
  const rows = Array.isArray(data) ? (data as readonly { index?: number; embedding?: unknown }[]) : [];
  const sorted = rows.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  if (sorted.length !== count || !sorted.every(({ embedding }) => isVector(embedding)))
    throw invalidAnswer(who);
  return sorted.map(({ embedding }) => unit(embedding as readonly number[]));
}

const isVector = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one));

function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}

const notConfigured = () =>
  openaiError(501, 'No model for embeddings is configured.', 'server_error', 'embeddings_not_configured');
