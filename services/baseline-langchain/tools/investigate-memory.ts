import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import type { MemoryClient } from '../../baseline-kit/memory/memory-client.ts';
import { toolNames } from '../routing.ts';

/** Full texts behind the captions that the request carries; only of `userId`. */
export function investigateMemory(memory: MemoryClient, userId: string, signal: AbortSignal) {
  return tool(
    async ({ memory_ids: ids }) => {
      try {
        const memories = await memory.full(userId, ids, signal);
        if (memories.length === 0) return 'No such memories.';
        return memories.map(({ id, full_text: text }) => `[${id}] ${text}`).join('\n');
      } catch {
        signal.throwIfAborted();
        return 'The memory service does not answer.';
      }
    },
    {
      name: toolNames.investigateMemory,
      description: 'Reads the full text of memories named in <memory-references>.',
      schema: z.object({
        memory_ids: z.array(z.string()).min(1).max(50).describe('Ids such as mem_…'),
        query: z.string().optional().describe('What is looked for'),
      }),
    },
  );
}
