import { request } from 'undici';
import { readBody } from '../../../kit/bounded-body.ts';
import type { ModelPlane } from '../../model/model-call.ts';

export interface ToolAnswer {
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Asks an endpoint of the operator's: GET, or POST with a JSON body. Throws for another status than 200 or 202, and beyond a
 * megabyte or half a minute.
 */
export type AskTool = (
  url: string,
  options: {
    readonly signal: AbortSignal;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<ToolAnswer>;

const maxAnswerBytes = 1024 * 1024;
const timeoutMs = 30_000;

export const createAskTool =
  ({ dispatcher, requestTimeoutMs }: ModelPlane): AskTool =>
  async (url, { signal, body: payload, headers: own = {} }) => {
    const bound = AbortSignal.timeout(Math.min(timeoutMs, requestTimeoutMs));
    const isPost = payload !== undefined;
    const { statusCode, headers, body } = await request(url, {
      method: isPost ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        ...(isPost ? { 'content-type': 'application/json' } : {}),
        ...own,
      },
      body: isPost ? JSON.stringify(payload) : null,
      dispatcher,
      signal: AbortSignal.any([signal, bound]),
    });
    const text = (await readBody(body, maxAnswerBytes)).toString('utf8');
    if (statusCode !== 200 && statusCode !== 202)
      throw new Error(`the tool answered with status ${statusCode}`);
    return { text, headers };
  };
