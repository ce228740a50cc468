import type { RequestContext } from './extract.ts';
import { askLlm } from './llm.ts';
import { listCaptions } from './memory-store.ts';
import { type CaptionedMemory, chooseByOverlap, parseChoice, relevancePrompt } from './relevance.ts';

/** The memories of a user that help to answer a prompt, in the order of the model; by shared words if it fails. */
export async function recallMemories(
  userId: string,
  prompt: string,
  { sql, settings, log, signal }: RequestContext,
): Promise<readonly CaptionedMemory[]> {
  const memories = await listCaptions(sql, userId);
  if (memories.length === 0) return [];
  if (settings.llm !== undefined) {
    try {
      const answer = await askLlm(settings.llm, relevancePrompt(prompt, memories), signal);
      const chosen = parseChoice(answer, memories);
      if (chosen !== undefined) return chosen;
      log.warn('the model gave no list of ids; comparing words');
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error }, 'the model failed; comparing words');
    }
  }
  return chooseByOverlap(prompt, memories);
}
