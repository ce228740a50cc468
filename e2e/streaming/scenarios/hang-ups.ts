import { expect } from '@jest/globals';
import { waitForJournal } from '../../../harness/suite/journal.ts';
import { streamBoundMs } from '../../../harness/suite/streaming/heard.ts';
import { begin, type Run } from './ask.ts';

const noticedWithinMs = 10_000;

export const left: Run = async (start) => {
  const { id, listening } = begin(start, { tokens: 8, stall: 4 });
  await listening.untilText('w1');
  listening.leave();
  const entry = await waitForJournal(id, 'hungup', noticedWithinMs);
  expect(entry.completedAt).toBeUndefined();
};

export const leftEarly: Run = async (start) => {
  const { id, listening } = begin(start, { tokens: 8, ttft: 60_000 });
  // A proxy that is asked for all scenarios at once may be long about it.
  await waitForJournal(id, 'arrived', streamBoundMs);
  listening.leave();
  const entry = await waitForJournal(id, 'hungup', noticedWithinMs);
  expect(entry.completedAt).toBeUndefined();
};
