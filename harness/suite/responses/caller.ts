import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { fetch, type Headers, type Response } from 'undici';
import type { WorkerProxy } from '../../workers/client.ts';
import { requireEnvironment } from '../skip.ts';
import { runId, service } from '../stack.ts';

/** Who asks, and through which worker; any, unless one is named. */
export interface CallerOptions {
  readonly key?: string;
  readonly worker?: WorkerProxy | undefined;
}

/** The key that the suites use: `GATEWAY_API_KEY`, or one of this run for gateways that know none. */
export const ownKey = (): string => process.env.GATEWAY_API_KEY || `sk-suite-${runId()}`;

/** The key of another tenant; a gateway that knows its keys has to be told of a second one in `GATEWAY_OTHER_API_KEY`. */
export function otherKey(): string {
  return process.env.GATEWAY_API_KEY
    ? requireEnvironment('GATEWAY_OTHER_API_KEY')
    : `sk-other-${randomUUID()}`;
}

/** Base URL of the API, of one worker if one is named. */
export const apiUrl = (worker?: WorkerProxy): string => `${worker?.baseUrl ?? service('gateway').url}/v1`;

/** The official client, unchanged and without retries that would hide a failure. */
export function caller({ key = ownKey(), worker }: CallerOptions = {}): OpenAI {
  return new OpenAI({
    baseURL: apiUrl(worker),
    apiKey: key,
    maxRetries: 0,
    timeout: 40_000,
    ...worker?.sdkOptions,
  });
}

/** A request to the API; a text or bytes are sent as they are, anything else as JSON. */
export function send(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
  { key = ownKey(), worker }: CallerOptions = {},
): Promise<Response> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  return fetch(`${apiUrl(worker)}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal,
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    ...(worker ? { dispatcher: worker.dispatcher } : {}),
  });
}

/** A plain answer of the API: its status and its body as JSON, or as text when it is none. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: suites look into bodies of any shape, and say what must be there
  readonly body: any;
}

/** Asks for an answer in one piece; every status is one. */
export async function ask(
  method: string,
  path: string,
  body?: unknown,
  options: CallerOptions = {},
): Promise<PlainAnswer> {
  const answer = await send(method, path, body, AbortSignal.timeout(40_000), options);
  return { status: answer.status, headers: answer.headers, body: jsonOr(await answer.text()) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
