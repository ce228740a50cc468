import { expect } from '@jest/globals';
import { type JournalEntry, journalOf, waitForJournal } from '../../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../../harness/suite/operation.ts';
import { answerOf, type Heard, listen } from '../../../harness/suite/streaming/heard.ts';
import { askedOf, type Question, type Start } from '../ways.ts';

/** Holds a scenario on a path; rejects with what the assertion said. */
export type Run = (start: Start) => Promise<void>;

/** Begins a stream whose provider does what the directives say. */
export function begin(start: Start, directives: Directives, more: Partial<Question> = {}) {
  const { id, mark } = newOperation(directives);
  const { text = 'Hi', ...rest } = more;
  return { id, listening: listen(askedOf(start, { text: `${text} ${mark}`, ...rest })) };
}

/** Asks for a stream that nothing disturbs, and gives what was heard and what the provider wrote down of it. */
export async function askWhole(
  start: Start,
  directives: Directives,
  more: Partial<Question> = {},
): Promise<Heard & { readonly entry: JournalEntry }> {
  const { id, listening } = begin(start, directives, more);
  const heard = await listening.whole;
  expect(answerOf(heard)).toEqual({ status: 200 });
  expect(heard.endedCleanly).toBe(true);
  const entry = await waitForJournal(id, 'completed', 10_000);
  expect(await journalOf(id)).toHaveLength(1);
  return { ...heard, entry };
}

export const words = (count: number) =>
  Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');
