import { Agent, type Dispatcher, request } from 'undici';
import type { BaselineSettings } from '../../baseline-kit/settings.ts';
import { connectionFailed, refused } from '../../baseline-kit/upstream-error.ts';
import { readBody } from '../../kit/bounded-body.ts';

/** The body of a chat completion request, `model` and `messages` included. */
export type LlmRequest = Readonly<Record<string, unknown>>;

/** The model API (OpenAI Chat Completions). */
export interface Llm {
  /** Resolves with a 200's body. @throws UpstreamError with the refusal's status, 502 or 504; the signal's reason */
  post(body: LlmRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']>;
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
  return {
    post: async (body, signal) => {
      const {
        statusCode,
        headers,
        body: answer,
      } = await request(`${llmUrl}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(llmKey === undefined ? {} : { authorization: `Bearer ${llmKey}` }),
        },
        body: JSON.stringify(body),
        signal,
        dispatcher: agent,
      }).catch((cause) => {
        throw connectionFailed(cause);
      });
      if (statusCode === 200) return answer;
      const retryAfter = headers['retry-after'];
      throw refused(
        statusCode,
        await errorIn(answer),
        typeof retryAfter === 'string' ? retryAfter : undefined,
      );
    },
    close: () => agent.destroy(),
  };
}

/** The `error` object of a refusal's body, undefined when there is none. */
async function errorIn(body: Dispatcher.ResponseData['body']): Promise<unknown> {
  try {
    const bytes = await readBody(body, longestErrorBytes);
    return (JSON.parse(bytes.toString('utf8')) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}
