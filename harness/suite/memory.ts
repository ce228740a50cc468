import { randomUUID } from 'node:crypto';
import axios, { type AxiosResponse, type Method } from 'axios';
import { service } from './stack.ts';

export interface Memory {
  readonly id: string;
  readonly caption: string;
  readonly full_text: string;
  readonly created_at: string;
}

export interface Spoken {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A user whom nobody else has: memories and request limits are kept by user. */
export function newUser(): string {
  return randomUUID();
}

/** One request to the memory service; every status is an answer. */
export function askMemory(
  method: Method,
  path: string,
  { query = {}, body }: { readonly query?: object; readonly body?: unknown } = {},
): Promise<AxiosResponse> {
  return axios.request({
    method,
    url: `${service('memory').url}${path}`,
    params: query,
    data: body,
    timeout: 50_000,
    validateStatus: () => true,
  });
}

/** Hands over a conversation in which the user says these sentences, one message each. */
export function extract(userId: string, ...sentences: readonly string[]): Promise<AxiosResponse> {
  const conversation: readonly Spoken[] = sentences.map((content) => ({ role: 'user', content }));
  return askMemory('POST', '/memories/extract', { body: { user_id: userId, conversation } });
}

/** All memories of a user, newest first. */
export async function memoriesOf(userId: string): Promise<readonly Memory[]> {
  const { status, data } = await askMemory('GET', '/memories/list', {
    query: { user_id: userId, limit: 200 },
  });
  if (status !== 200) throw new Error(`/memories/list answered ${status}: ${JSON.stringify(data)}`);
  return data.memories;
}

/** Teaches one sentence and gives the memory that came of it. */
export async function remember(userId: string, sentence: string): Promise<Memory> {
  const { status, data } = await extract(userId, sentence);
  const id = data.memories_saved?.[0]?.id;
  const memory = (await memoriesOf(userId)).find((each) => each.id === id);
  if (memory === undefined)
    throw new Error(`nothing remembered of "${sentence}": ${status} ${JSON.stringify(data)}`);
  return memory;
}
