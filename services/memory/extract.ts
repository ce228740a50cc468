import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../kit/database.ts';
import { type Conversation, conversationHash } from './conversation.ts';
import { DetailError } from './detail-error.ts';
import { claimExtraction, keepLease, releaseLease } from './extraction-lease.ts';
import { extractionPrompt, parseFacts } from './extraction-prompt.ts';
import { extractByRules } from './extraction-rules.ts';
import type { Fact } from './fact.ts';
import { askLlm } from './llm.ts';
import { countMemories, type StoredExtraction, storeExtraction } from './memory-store.ts';
import type { LlmSettings, MemorySettings } from './settings.ts';

export interface RequestContext {
  readonly sql: Sql;
  readonly settings: MemorySettings;
  readonly log: FastifyBaseLogger;
  /** Aborted when the caller has gone; an unfinished extraction is then given up. */
  readonly signal: AbortSignal;
}

export interface ExtractionContext extends RequestContext {
  readonly leaseSql: Sql;
}

const commitAllowanceMs = 10_000;
const pollMaxMs = 400;

/**
 * Extracts and stores the facts of a conversation once, however many callers send it to however many workers.
 * The others get an empty list, and only once the facts are stored: an answer means that they can be read.
 */
export async function extractMemories(
  userId: string,
  conversation: Conversation,
  context: ExtractionContext,
): Promise<StoredExtraction> {
  const { sql, leaseSql, settings, signal } = context;
  const nothingNew = async () => ({ saved: [], total: await countMemories(sql, userId) });
  if (conversation.length === 0) return await nothingNew();

  const key = { userId, hash: conversationHash(conversation) };
  const deadline = performance.now() + (settings.llm?.timeoutMs ?? 0) + commitAllowanceMs;
  for (let waitMs = 25; ; waitMs = Math.min(waitMs * 2, pollMaxMs)) {
    const claim = await claimExtraction(sql, key);
    if (claim === 'done') return await nothingNew();
    if (claim === 'busy') {
      if (performance.now() > deadline) throw new DetailError(503, 'This conversation is being extracted', 1);
      await delay(waitMs, undefined, { signal });
      continue;
    }
    const letGo = keepLease(leaseSql, claim);
    try {
      const facts = await findFacts(conversation, settings.llm, context);
      signal.throwIfAborted();
      const stored = await storeExtraction(sql, claim, facts, settings.maxMemoriesPerUser);
      if (stored !== undefined) return stored;
    } catch (error) {
      await releaseLease(sql, claim).catch(() => undefined);
      throw error;
    } finally {
      letGo();
    }
  }
}

async function findFacts(
  conversation: Conversation,
  llm: LlmSettings | undefined,
  { log, signal }: RequestContext,
): Promise<readonly Fact[]> {
  if (llm === undefined) return extractByRules(conversation);
  try {
    const facts = parseFacts(await askLlm(llm, extractionPrompt(conversation), signal));
    if (facts !== undefined) return facts;
    log.warn('the model gave no list of facts; using rules');
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ err: error }, 'the model failed; using rules');
  }
  return extractByRules(conversation);
}
