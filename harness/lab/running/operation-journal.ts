import { setTimeout as delay } from 'node:timers/promises';
import type { Journal, JournalEntry } from '../../history/journal.ts';

const settleWithinMs = 3_000;
const pauseMs = 25;

/**
 * What the provider saw of some operations. Waits until it is done with all of them, since a hang-up travels, at most
 * 3 s.
 */
export async function readOperationJournal(providerUrl: string, ops: readonly string[]): Promise<Journal> {
  const deadline = performance.now() + settleWithinMs;
  for (;;) {
    const entries = (await Promise.all(ops.map((op) => journalOf(providerUrl, op)))).flat();
    const isOver = ({ completedAt, hungUpAt, fault }: JournalEntry) =>
      completedAt !== undefined || hungUpAt !== undefined || (fault !== undefined && fault.kind !== 'stall');
    if (entries.every(isOver) || performance.now() > deadline) return entries;
    await delay(pauseMs);
  }
}

async function journalOf(providerUrl: string, op: string): Promise<Journal> {
  const response = await fetch(`${providerUrl}/journal?${new URLSearchParams({ op })}`, {
    signal: AbortSignal.timeout(settleWithinMs),
  });
  if (!response.ok) throw new Error(`the provider's journal answered ${response.status}`);
  return (await response.json()) as Journal;
}
