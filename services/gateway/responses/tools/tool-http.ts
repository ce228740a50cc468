import type { FastifyBaseLogger } from 'fastify';
import { request } from 'undici';
import { readBody } from '../../../kit/http/bounded-body.ts';
import type { ModelPlane } from '../../model/model-call.ts';

export interface ToolAnswer {
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Posts JSON to an endpoint of the operator's. Throws for another status than 200 or 202, and beyond a megabyte or half a
 * minute.
 */
export type AskTool = (
  url: string,
  options: {
    readonly signal: AbortSignal;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<ToolAnswer>;

const maxAnswerBytes = 1024 * 1024;
const timeoutMs = 30_000;

/** What fails is logged without the address, which may hold a key. */
export function createAskTool({ dispatcher, requestTimeoutMs }: ModelPlane, log: FastifyBaseLogger): AskTool {
  const send: AskTool = async (url, { signal, body: payload, headers: own = {} }) => {
    const bound = AbortSignal.timeout(Math.min(timeoutMs, requestTimeoutMs));
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...own },
      body: JSON.stringify(payload),
      dispatcher,
      signal: AbortSignal.any([signal, bound]),
    });
    const text = (await readBody(body, maxAnswerBytes)).toString('utf8');
    if (statusCode !== 200 && statusCode !== 202) throw new ToolStatusError(statusCode);
    return { text, headers };
  };

  return async (url, options) => {
    try {
      return await send(url, options);
    } catch (cause) {
      const { code, name, message } = cause as { code?: string; name?: string; message?: string };
      const reason = cause instanceof ToolStatusError ? message : (code ?? name);
      if (!options.signal.aborted) log.warn({ reason }, 'a tool did not answer');
      throw cause;
    }
  };
}

class ToolStatusError extends Error {
  constructor(status: number) {
    super(`status ${status}`);
  }
}
