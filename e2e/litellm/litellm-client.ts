import OpenAI from 'openai';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { service, setting } from '../../harness/suite/stack.ts';
import type { WorkerProxy } from '../../harness/workers/client.ts';

/** Header in which the callback names the worker that answered. */
export const workerPidHeader = 'x-gauntlet-worker-pid';

export const model = 'scripted';

/** The official SDK, without retries: each call is one request. */
export function litellm(apiKey = setting('LITELLM_MASTER_KEY')): OpenAI {
  const baseURL = `${service('litellm').url}/v1`;
  return new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: ownConnection });
}

/** The same, every connection of which ends in one worker. */
export function litellmWorker(worker: WorkerProxy): OpenAI {
  const apiKey = setting('LITELLM_MASTER_KEY');
  const options = { apiKey, maxRetries: 0, defaultHeaders: ownConnection, ...worker.sdkOptions };
  return new OpenAI({ baseURL: `${worker.baseUrl}/v1`, ...options });
}

export const authorization = () => ({ authorization: `Bearer ${setting('LITELLM_MASTER_KEY')}` });

export interface Ask {
  readonly text: string;
  /** Whose state the callback keeps. */
  readonly user?: string;
}

/** Asks for a whole answer; gives its text and the pid of the worker that gave it. */
export async function ask(client: OpenAI, { text, user }: Ask): Promise<{ text: string; pid: number }> {
  const { data, response } = await client.chat.completions
    .create({ model, messages: [{ role: 'user', content: text }], ...(user ? { user } : {}) })
    .withResponse();
  return {
    text: data.choices[0]?.message.content ?? '',
    pid: Number(response.headers.get(workerPidHeader)),
  };
}

/** Asks for a stream and reads it to its end. */
export async function askForStream(
  client: OpenAI,
  text: string,
): Promise<{ text: string; finish: string | null }> {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: text }],
    stream: true,
  });
  let answer = '';
  let finish: string | null = null;
  for await (const { choices } of stream) {
    answer += choices[0]?.delta.content ?? '';
    finish = choices[0]?.finish_reason ?? finish;
  }
  return { text: answer, finish };
}
