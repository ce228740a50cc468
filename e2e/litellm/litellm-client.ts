import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { service, setting } from '../../harness/suite/stack.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

/** Header in which the callback names the worker that answered. */
const workerPidHeader = 'x-gauntlet-worker-pid';

export const model = 'scripted';

/** The official SDK, without retries: each call is one request. */
export function litellm(apiKey = setting('LITELLM_MASTER_KEY'), name = 'litellm'): OpenAI {
  const baseURL = `${service(name).url}/v1`;
  return new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: ownConnection });
}

/** The same, every connection of which ends in one worker. */
export function litellmWorker(worker: WorkerProxy, apiKey = setting('LITELLM_MASTER_KEY')): OpenAI {
  const options = { apiKey, maxRetries: 0, defaultHeaders: ownConnection, ...worker.sdkOptions };
  return new OpenAI({ baseURL: `${worker.baseUrl}/v1`, ...options });
}

/** Clients of the first two workers. */
export function firstTwoWorkers(scope: ScopeClient, name: string): readonly [OpenAI, OpenAI] {
  return [litellmWorker(scope.proxyFor(name, 1)), litellmWorker(scope.proxyFor(name, 2))];
}

export const authorization = () => ({ authorization: `Bearer ${setting('LITELLM_MASTER_KEY')}` });

export interface Ask {
  readonly text: string;
  /** Whose state the callback keeps. */
  readonly user?: string;
  readonly model?: string;
  /** Fields of the request that only LiteLLM knows. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface Answered {
  readonly text: string;
  /** The worker that answered. */
  readonly pid: number;
  readonly headers: Headers;
}

/** Asks for a whole answer. */
export async function ask(
  client: OpenAI,
  { text, user, model: asked = model, more }: Ask,
): Promise<Answered> {
  const messages = [{ role: 'user' as const, content: text }];
  const { data, response } = await client.chat.completions
    .create({ model: asked, messages, ...(user ? { user } : {}), ...more })
    .withResponse();
  return {
    text: data.choices[0]?.message.content ?? '',
    pid: Number(response.headers.get(workerPidHeader)),
    headers: response.headers,
  };
}

/** The error of a request that must be refused. */
export async function refusalOf(asked: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OpenAI.APIError);
  return error as InstanceType<typeof OpenAI.APIError>;
}

/** Asks for a stream and reads it to its end. */
export async function askForStream(
  client: OpenAI,
  text: string,
  more: Ask['more'] = {},
): Promise<{ text: string; finish: string | null }> {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: text }],
    stream: true,
    ...more,
  });
  let answer = '';
  let finish: string | null = null;
  for await (const { choices } of stream) {
    answer += choices[0]?.delta.content ?? '';
    finish = choices[0]?.finish_reason ?? finish;
  }
  return { text: answer, finish };
}
