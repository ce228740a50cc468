import { chatCallsOf, type Journal, type JournalEntry } from '../journal.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { against, judgeEach } from './judge-each.ts';

/** `most` attempts for one call; a key that was refused for its limits rests `restMs`, which all know after `learnedMs`. */
export interface AttemptOptions {
  readonly most: number;
  readonly restMs?: number;
  /** Default 0: whoever asks next knows. */
  readonly learnedMs?: number;
}

/** How a subject with several keys goes about the model API: not too often, and not with a key that rests. */
export function attempts({ most, restMs = 0, learnedMs = 0 }: AttemptOptions): Checker {
  return {
    name: 'attempts',
    rule: `The model API is asked at most so many times for one call, and with a key that it refused for its limits (429) by nobody until that has rested.`,
    needs: [
      'the journal, for rests with the digests of keys',
      'the operation id travels in the content of the request, and in that of no other',
      'for rests: keys that nobody but the history uses, and one kind of request that their limits are for',
    ],
    check(history, journal = []) {
      const operations = timelineOf(history).operations;
      const refused = operations.flatMap((operation) =>
        chatCallsOf(journal, operation.invoke.op)
          .filter(({ status, keySha256 }) => status === 429 && keySha256)
          .map((entry) => ({ operation, entry })),
      );
      return judgeEach(
        'attempts',
        history,
        (operation) => {
          if (operation.invoke.does !== 'call') return undefined;
          const calls = chatCallsOf(journal, operation.invoke.op);
          // Refused before the model was asked: there is nothing to count.
          if (calls.length === 0) return undefined;
          if (calls.length > most) return against(operation, `was tried upstream ${calls.length} times`);
          return restless(operation, calls, refused, restMs, learnedMs) ?? 'judged';
        },
        'no call that reached the model',
      );
    },
  };
}

interface Refused {
  readonly operation: Operation;
  readonly entry: JournalEntry;
}

function restless(
  operation: Operation,
  calls: Journal,
  refused: readonly Refused[],
  restMs: number,
  learnedMs: number,
) {
  for (const call of calls) {
    for (const { entry, operation: other } of refused) {
      if (entry.keySha256 !== call.keySha256) continue;
      const sinceMs = call.arrivedAt - (entry.completedAt ?? entry.arrivedAt);
      if (sinceMs <= learnedMs || sinceMs >= restMs) continue;
      const problem = `was asked with a key upstream ${sinceMs} ms after that had been refused`;
      return against(operation, problem, other === operation ? [] : [other]);
    }
  }
  return undefined;
}
