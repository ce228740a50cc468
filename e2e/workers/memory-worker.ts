import { expect } from '@jest/globals';
import type { WorkerClient } from '../../harness/workers/client.ts';
import type { WorkerAnswer } from '../../harness/workers/worker-client.ts';

/** What the memory service answers to a list. */
interface MemoryList {
  readonly memories: readonly { readonly id: string; readonly caption: string; readonly full_text: string }[];
}

/** Tells the service, through one worker, a sentence to remember. */
export function tell(
  worker: WorkerClient,
  userId: string,
  sentence: string,
  signal?: AbortSignal,
): Promise<WorkerAnswer> {
  const conversation = [
    { role: 'user', content: sentence },
    { role: 'assistant', content: 'I will remember that.' },
  ];
  const body = { user_id: userId, conversation };
  return worker.post('/memories/extract', body, signal ? { signal } : {});
}

/** Everything the service remembers of a user, asked through one worker. */
export async function recall(
  worker: WorkerClient,
  userId: string,
): Promise<{ memories: MemoryList['memories']; pid: number }> {
  const answer = await worker.get(`/memories/list?${new URLSearchParams({ user_id: userId })}`);
  expect(answer.status).toBe(200);
  return { memories: (answer.json() as MemoryList).memories, pid: answer.pid };
}
