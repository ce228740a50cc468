import { chatCallsOf, type Journal } from '../journal.ts';
import { invalid, named, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';

export interface CancelOptions {
  readonly withinMs: number;
}

/** A client that hangs up stops the model call that it pays for. Source: RFC 9110 §9.3 leaves it open, gateways promise it. */
export function cancelUpstream({ withinMs }: CancelOptions): Checker {
  return {
    name: 'cancel-upstream',
    rule: `Within ${withinMs} ms of a client's abort the call upstream is hung up or had ended.`,
    needs: [
      'the journal, read at least that long after the last abort',
      'operations say when their client hung up',
      'answers long enough that an abort meets a call under way',
    ],
    check(history, journal) {
      let counted = 0;
      for (const operation of timelineOf(history).operations) {
        const abortedAt = operation.completion?.abortedAt;
        if (abortedAt === undefined) continue;
        counted += 1;
        const problem = journal && stillGoing(operation, journal, abortedAt, withinMs);
        if (problem === undefined) continue;
        const violation = { reason: `${named(operation)} was aborted, ${problem}`, operations: [operation] };
        return invalid('cancel-upstream', violation, counted);
      }
      const unmet = counted > 0 && !journal ? 'there is no journal' : undefined;
      return notFound('cancel-upstream', counted, unmet);
    },
  };
}

function stillGoing(
  { invoke }: Operation,
  journal: Journal,
  abortedAt: number,
  withinMs: number,
): string | undefined {
  for (const { arrivedAt, completedAt, hungUpAt, fault } of chatCallsOf(journal, invoke.op)) {
    if (arrivedAt > abortedAt + withinMs) {
      return `and a call upstream began ${Math.round(arrivedAt - abortedAt)} ms later`;
    }
    const endedAt = hungUpAt ?? completedAt;
    if (endedAt !== undefined && endedAt <= abortedAt + withinMs) continue;
    if (endedAt === undefined && fault) continue;
    const until =
      endedAt === undefined ? 'was never hung up' : `went on for ${Math.round(endedAt - abortedAt)} ms`;
    return `the call upstream ${until}`;
  }
  return undefined;
}
