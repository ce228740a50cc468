import { chatCallsOf, isFailed } from '../journal.ts';
import type { Checker } from '../verdict.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

/** Who reads a stream is told how it ended. Source: OpenAI API ([DONE], error events); RFC 9112 §8 for bodies that break off. */
export const streamEnds: Checker = {
  name: 'stream-ends',
  rule: 'A stream whose body ends cleanly has had its terminal event or an error event; one that breaks off is honest, and comes of a fault of its own.',
  needs: [
    'streams say whether their body ended cleanly (`endedCleanly`), which only framed bodies can',
    'for one that breaks off: the journal, and every fault aimed at another operation or its client',
  ],
  check(history, journal) {
    const faults = faultsNear(history);
    return judgeEach(
      'stream-ends',
      history,
      (operation) => {
        const { stream, abortedAt, timedOut } = operation.completion ?? {};
        if (!stream || abortedAt !== undefined || timedOut) return undefined;
        if (stream.frames.some((frame) => !('text' in frame))) return 'judged';
        if (stream.endedCleanly === undefined) return { lacks: 'streams do not say how their body ended' };
        if (!stream.endedCleanly) {
          const calls = journal && chatCallsOf(journal, operation.invoke.op);
          if (!calls || !faults.allElsewhere(operation) || calls.some(isFailed)) return 'judged';
          return against(operation, 'broke off, though nothing was done to it or to its answer upstream');
        }
        if (faults.cutAtClient(operation))
          return { lacks: 'all streams were cut on the way to their client' };
        const count = `${stream.frames.length} frame${stream.frames.length === 1 ? '' : 's'}`;
        return against(operation, `ended cleanly after ${count}, without terminal event and without error`);
      },
      'no stream that its client read to its end',
    );
  },
};
