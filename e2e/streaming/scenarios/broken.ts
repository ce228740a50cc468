import { expect } from '@jest/globals';
import { waitForJournal } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import {
  errorsOf,
  finishesOf,
  type Heard,
  listen,
  looksComplete,
  textOf,
} from '../../../harness/suite/streaming/heard.ts';
import { askedOf, type Start } from '../ways.ts';
import { begin, type Run, words } from './ask.ts';

/** Whatever came is a beginning of the answer, and nothing said that it was all. */
function expectTruncated(heard: Heard): void {
  expect(finishesOf(heard.parts)).toEqual([]);
  expect(looksComplete(heard)).toBe(false);
  expect(words(10).startsWith(textOf(heard.parts))).toBe(true);
}

const faulty =
  (fault: 'cut' | 'end'): Run =>
  async (start) => {
    const { id, listening } = begin(start, { tokens: 10, [fault]: 5 });
    const heard = await listening.whole;
    await waitForJournal(id, 'fault', 10_000);
    expectTruncated(heard);
  };

export const brokenOff = faulty('cut');
export const endedEarly = faulty('end');

export const errorInside: Run = async (start) => {
  const { id, listening } = begin(start, { tokens: 10, error: 5 });
  const heard = await listening.whole;
  await waitForJournal(id, 'fault', 10_000);
  expectTruncated(heard);
  expect(errorsOf(heard.parts)).toHaveLength(1);
  expect(textOf(heard.parts).trimEnd()).toBe(words(4));
};

/**
 * A server that has waited for long sends its own status and keeps the connection alive, so that it has no other one to tell:
 * then it is asked again.
 */
async function refusedWith(start: Start, status: number, attempts = 4): Promise<Heard> {
  const { mark } = newOperation({ tokens: 3, status });
  const heard = await listen(askedOf(start, { text: `Hi ${mark}` })).whole;
  const isLate = heard.status === 200 && heard.comments > 0;
  return isLate && attempts > 1 ? refusedWith(start, status, attempts - 1) : heard;
}

export const errorBefore: Run = async (start) => {
  const statuses = [400, 404, 429, 503];
  const answers = await Promise.all(statuses.map((status) => refusedWith(start, status)));
  expect(answers.map(({ status }) => status)).toEqual(statuses);
  expect(answers.flatMap(({ parts }) => finishesOf(parts))).toEqual([]);
};

/** The Messages API knows no 422; what is wrong with a request is 400 there. */
export const unprocessable: Run = async (start) => {
  const { status, parts } = await refusedWith(start, 422);
  expect([400, 422]).toContain(status);
  expect(finishesOf(parts)).toEqual([]);
};
