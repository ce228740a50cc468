import type { Journal } from '../journal.ts';
import type { Operation } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

export interface LivenessOptions {
  /** What is not answered so long after it was asked is late. Default: the bound of an operation in the header. */
  readonly withinMs?: number;
}

/** Upstream calls that fill more than this part of an operation's time may be what it waited for. */
const shareOfUpstream = 0.5;

/** A stream that has said how it ends is ended by then: nothing upstream is waited for any more. */
const endMs = 4_000;

/** When a stream said that it is whole or has failed. */
const endSaid = ({ completion }: Operation): number | undefined =>
  completion?.stream?.frames.find((frame) => !('text' in frame))?.at;

/** Every operation is answered in time, well or not. Source: Alpern and Schneider 1985, with a bound. */
export function liveness({ withinMs }: LivenessOptions = {}): Checker {
  return {
    name: 'liveness',
    rule: 'Every operation is answered within its bound, unless a fault, its client or the model upstream explains that it was not.',
    needs: [
      'the bound of an operation: `withinMs`, or `timeoutMs` in the header; completions say that it was over (`timedOut`)',
      'the journal, where operations are calls upstream',
    ],
    check(history, journal) {
      const boundMs = withinMs ?? history.header.timeoutMs;
      const faults = faultsNear(history);
      const endsAt = history.events.at(-1)?.at ?? 0;
      return judgeEach(
        'liveness',
        history,
        (operation) => {
          const { invoke, completion } = operation;
          if (completion?.abortedAt !== undefined) return undefined;
          const tookMs = (completion?.at ?? endsAt) - invoke.at;
          const isLate = completion?.timedOut
            ? withinMs === undefined || tookMs >= withinMs
            : (withinMs !== undefined || !completion) && boundMs !== undefined && tookMs > boundMs;
          if (!isLate) {
            if (!completion || completion.timedOut)
              return { lacks: 'operations were given up before their bound' };
            return boundMs === undefined ? { lacks: 'the bound of operations is not known' } : 'judged';
          }
          const saidAt = endSaid(operation);
          if (
            saidAt !== undefined &&
            (completion?.at ?? endsAt) - saidAt >= endMs &&
            !faults.holds(operation, saidAt)
          )
            return against(operation, `got the last frame, and no end within ${endMs / 1000} s`);
          if (faults.explains(operation)) return { lacks: 'faults were near all that took long' };
          if (!journal && invoke.does === 'call') return { lacks: 'there is no journal' };
          if (journal && waitedUpstream(operation, journal, endsAt) > tookMs * shareOfUpstream)
            return { lacks: 'what took long waited for the model upstream' };
          const frames = completion?.stream?.frames.length ?? 0;
          const seen = frames === 0 ? 'no answer' : `no end, ${frames} frames,`;
          return against(operation, `got ${seen} within ${Math.round(tookMs)} ms`);
        },
        'no operation that its client waited for',
      );
    },
  };
}

/** For how long of an operation's time something was under way upstream: its own call, or others that it may have waited behind. */
function waitedUpstream({ invoke, completion }: Operation, journal: Journal, endsAt: number): number {
  const until = completion?.at ?? endsAt;
  const spans = journal
    .map(({ arrivedAt, completedAt, hungUpAt }) => ({
      from: Math.max(arrivedAt, invoke.at),
      to: Math.min(completedAt ?? hungUpAt ?? until, until),
    }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  let waited = 0;
  let covered = invoke.at;
  for (const { from, to } of spans) {
    waited += Math.max(0, to - Math.max(from, covered));
    covered = Math.max(covered, to);
  }
  return waited;
}
