import { fetch, type Headers } from 'undici';
import type { WorkerProxy } from '../../workers/client.ts';
import { type CallerOptions, ownKey } from '../responses/caller.ts';
import { service } from '../stack.ts';
import { until } from '../until.ts';

export type AgentStatus = 'running' | 'completed' | 'failed' | 'stopped' | 'interrupted';

/** A run as the routes below /agent show it. */
export interface ShownRun {
  readonly session_id: string;
  readonly status: AgentStatus;
  readonly agent: string;
  readonly turn: number;
  readonly attempt: number;
  readonly output?: string;
  readonly error: string | null;
  readonly error_code: string | null;
}

export interface AgentAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: suites look into bodies of any shape, and say what must be there
  readonly body: any;
}

export interface AgentOptions extends CallerOptions {
  readonly idempotencyKey?: string;
}

const answerWithinMs = 40_000;

/** The address of a route below /agent, on one worker if one is named. */
export const agentUrl = (path: string, worker?: WorkerProxy): string =>
  `${worker?.baseUrl ?? service('gateway').url}/agent${path}`;

/** Who asks, and where, for a request of undici's. */
export const asked = ({ key = ownKey(), worker }: CallerOptions) => ({
  headers: { authorization: `Bearer ${key}` },
  ...(worker ? { dispatcher: worker.dispatcher } : {}),
});

/** Asks a route below /agent; every status is an answer. A text or bytes are sent as they are, anything else as JSON. */
export async function askAgent(
  method: string,
  path: string,
  body?: unknown,
  { idempotencyKey, ...options }: AgentOptions = {},
): Promise<AgentAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const { headers, ...rest } = asked(options);
  const answer = await fetch(agentUrl(path, options.worker), {
    method,
    ...rest,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    signal: AbortSignal.timeout(answerWithinMs),
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: jsonOr(text) };
}

/** Asks for what a test cannot go on without; throws for any status but 200. */
export async function granted(
  method: string,
  path: string,
  body?: unknown,
  options: AgentOptions = {},
): Promise<ShownRun & AgentAnswer['body']> {
  const answer = await askAgent(method, path, body, options);
  if (answer.status === 200) return answer.body;
  throw new Error(
    `${method} /agent${path} was answered with ${answer.status} ${JSON.stringify(answer.body)}`,
  );
}

/** Starts a run of a model of the gateway. */
export const start = (model: string, prompt: string, options: AgentOptions = {}): Promise<ShownRun> =>
  granted('POST', '/start', { model, prompt }, options);

export const statusOf = (id: string, options: AgentOptions = {}): Promise<ShownRun> =>
  granted('GET', `/${id}/status`, undefined, options);

/** Waits until a run is no longer under way, asking through any worker that answers. */
export const ended = (id: string, options: AgentOptions = {}, boundMs = 30_000): Promise<ShownRun> =>
  until(
    `an end of ${id}`,
    async () => {
      const run = await statusOf(id, options).catch(() => undefined);
      return run !== undefined && run.status !== 'running' && run;
    },
    boundMs,
  );

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
