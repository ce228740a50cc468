import type { Logger } from 'pino';
import { request } from 'undici';

export interface RecalledMemory {
  readonly id: string;
  readonly caption: string;
}

export interface FullMemory extends RecalledMemory {
  readonly full_text: string;
  readonly created_at: string;
}

export interface MemoryClient {
  /** What is known about the user and matters now; empty when the service is slow, down or says no. */
  relevant(userId: string, prompt: string, signal: AbortSignal): Promise<readonly RecalledMemory[]>;
  /** @throws when the service can't be asked */
  full(userId: string, ids: readonly string[], signal: AbortSignal): Promise<readonly FullMemory[]>;
  /** Hands a finished conversation over; what comes of it is the memory service's affair. */
  extract(userId: string, conversation: readonly Spoken[]): Promise<void>;
}

export interface Spoken {
  readonly role: string;
  readonly content: string;
}

const relevantTimeoutMs = 5_000;
const extractTimeoutMs = 30_000;
/** A prompt travels in the address of a GET request, which servers bound. Its ends say most. */
const longestPromptChars = 4_000;

/** Talks to the memory service at `baseUrl`. */
export function createMemoryClient(baseUrl: string, log: Logger): MemoryClient {
  const get = async (path: string, query: Record<string, string>, signal: AbortSignal): Promise<unknown> => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(relevantTimeoutMs)]);
    const { statusCode, body } = await request(`${baseUrl}${path}`, { query, signal: bounded });
    if (statusCode === 200) return await body.json();
    await body.dump();
    throw new Error(`The memory service answered with status ${statusCode}.`);
  };

  return {
    relevant: async (userId, prompt, signal) => {
      try {
        const query = { user_id: userId, prompt: shortened(prompt) };
        return memoriesOf<RecalledMemory>(await get('/memories/relevant', query, signal));
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error }, 'no memories for this request');
        return [];
      }
    },

    full: async (userId, ids, signal) =>
      memoriesOf<FullMemory>(await get('/memories/full', { user_id: userId, ids: ids.join(',') }, signal)),

    extract: async (userId, conversation) => {
      try {
        const { statusCode, body } = await request(`${baseUrl}/memories/extract`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ user_id: userId, conversation }),
          signal: AbortSignal.timeout(extractTimeoutMs),
        });
        await body.dump();
        if (statusCode !== 200) log.warn({ status: statusCode }, 'memory service did not extract');
      } catch (error) {
        log.warn({ err: error }, 'memory service did not extract');
      }
    },
  };
}

function memoriesOf<T extends RecalledMemory>(answer: unknown): readonly T[] {
  const memories = (answer as { memories?: unknown } | null)?.memories;
  if (!Array.isArray(memories)) throw new Error('The memory service sent no list of memories.');
  return memories.filter((memory) => typeof memory?.id === 'string' && typeof memory.caption === 'string');
}

function shortened(prompt: string): string {
  if (prompt.length <= longestPromptChars) return prompt;
  const half = longestPromptChars / 2;
  return `${prompt.slice(0, half)} … ${prompt.slice(-half)}`;
}
