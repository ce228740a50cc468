import { chatCallsOf, type JournalEntry } from '../journal.ts';
import type { Checker } from '../verdict.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

export interface CancelOptions {
  readonly withinMs: number;
  /** Only clients that had seen a frame: what stands between the subject and the model may notice nothing before. */
  readonly sinceFirstFrame?: boolean;
}

/** A client that hangs up stops the model call that it pays for. Source: RFC 9110 §9.3 leaves it open, gateways promise it. */
export function cancelUpstream({ withinMs, sinceFirstFrame = false }: CancelOptions): Checker {
  return {
    name: 'cancel-upstream',
    rule: `Within ${withinMs} ms of a client's abort the call upstream is hung up or had ended.`,
    needs: [
      'the journal, read at least that long after the last abort',
      'operations say when their client hung up',
      'answers long enough that an abort meets a call under way',
    ],
    check(history, journal) {
      const faults = faultsNear(history);
      return judgeEach(
        'cancel-upstream',
        history,
        (operation) => {
          const abortedAt = operation.completion?.abortedAt;
          if (abortedAt === undefined) return undefined;
          if (sinceFirstFrame && !operation.completion?.stream?.frames.length)
            return { lacks: 'no client had seen a frame when it hung up' };
          if (!journal) return { lacks: 'there is no journal' };
          // A process that is stopped or a link that is silent cannot pass a hang-up on.
          if (faults.disturbed(operation, abortedAt + withinMs))
            return { lacks: 'faults were near all aborts' };
          const calls = chatCallsOf(journal, operation.invoke.op);
          if (calls.length === 0) return { lacks: 'the journal has no call of an aborted operation' };
          let isMet = false;
          for (const call of calls) {
            const problem = goingOn(call, abortedAt, withinMs);
            if (problem !== undefined) return against(operation, `was aborted, ${problem}`);
            isMet ||= isUnderWay(call, abortedAt);
          }
          if (isMet) return 'judged';
          return { lacks: 'no abort met a call that was under way' };
        },
        'no client hung up',
      );
    },
  };
}

function goingOn(call: JournalEntry, abortedAt: number, withinMs: number): string | undefined {
  const { arrivedAt, fault } = call;
  if (arrivedAt > abortedAt + withinMs) {
    return `and a call upstream began ${Math.round(arrivedAt - abortedAt)} ms later`;
  }
  const endedAt = endOf(call);
  // One that arrives while the hang-up is on its way has its time, too.
  if (endedAt !== undefined && endedAt <= Math.max(arrivedAt, abortedAt) + withinMs) return undefined;
  if (endedAt === undefined && fault) return undefined;
  const until =
    endedAt === undefined ? 'was never hung up' : `went on for ${Math.round(endedAt - abortedAt)} ms`;
  return `the call upstream ${until}`;
}

const endOf = ({ hungUpAt, completedAt }: JournalEntry): number | undefined => hungUpAt ?? completedAt;

function isUnderWay(call: JournalEntry, at: number): boolean {
  return !(call.fault && endOf(call) === undefined) && (endOf(call) ?? Number.POSITIVE_INFINITY) > at;
}
