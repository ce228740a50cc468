import { Agent } from 'undici';
import type { BaselineSettings } from '../../baseline-kit/settings.ts';
import { connectionFailed, refused } from '../../baseline-kit/upstream-error.ts';
import type { ArrivingBody } from '../../kit/http/arriving-body.ts';
import { post } from '../../kit/http/post.ts';
import { withoutCredential } from '../../kit/http/without-credential.ts';

/** The body of a chat completion request, `model` and `messages` included. */
export type LlmRequest = Readonly<Record<string, unknown>>;

/** The model API (OpenAI Chat Completions). */
export interface Llm {
  /** Resolves with a 200's body. @throws UpstreamError with the refusal's status, 502 or 504; the signal's reason */
  post(body: LlmRequest, signal: AbortSignal): Promise<ArrivingBody>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;
const longestErrorBytes = 64 * 1024;

/** A model API with connections of its own, kept until `close`. */
export function createLlm({ llmUrl, llmKey, requestTimeoutMs }: BaselineSettings): Llm {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
  });
  const url = `${llmUrl}/chat/completions`;
  const headers: { 'content-type': string; authorization?: string } = {
    'content-type': 'application/json',
    ...(llmKey === undefined ? {} : { authorization: `Bearer ${llmKey}` }),
  };
  return {
    post: async (body, signal) => {
      const sent = { url, headers, body: JSON.stringify(body) };
      const answer = await post(agent, sent, signal).catch((cause) => {
        throw connectionFailed(cause);
      });
      if (answer.statusCode === 200) return answer.body;
      const retryAfter = answer.headers['retry-after'];
      throw refused(
        answer.statusCode,
        await errorIn(answer.body, headers.authorization),
        typeof retryAfter === 'string' ? retryAfter : undefined,
      );
    },
    close: () => agent.destroy(),
  };
}

/** The `error` object of a refusal's body, undefined when there is none. */
async function errorIn(body: ArrivingBody, authorization: string | undefined): Promise<unknown> {
  try {
    const text = withoutCredential(await body.text(longestErrorBytes), authorization);
    return (JSON.parse(text) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}
