import type { Json } from '../../../plan/json.ts';
import { type Operation, timelineOf } from '../../timeline.ts';
import { shown } from '../../value.ts';
import type { Checker } from '../../verdict.ts';
import { existenceOf } from '../existence.ts';
import { faultsNear } from '../faults-near.ts';
import { against, judgeEach } from '../judge-each.ts';
import { failingUpstream } from './failing-upstream.ts';
import { refusedButDone } from './refused-but-done.ts';
import { refusedButSent } from './refused-but-sent.ts';
import { tooManyRequests } from './too-many-requests.ts';

export interface RefusalOptions {
  /** Statuses that may come at any time. */
  readonly expected?: readonly number[];
  /** How many requests of one key (calls: of one account, or all) are admitted within `windowMs`; without it, at once. */
  readonly limit?: number;
  readonly windowMs?: number;
}

/** Refusals that say of themselves that the request is not of a kind that is served here. */
const notOffered = [501, 505, 529];

/** The error that a stream tells of instead of its end. */
function errorIn({ completion }: Operation): string | undefined {
  const frame = completion?.stream?.frames.find((each) => 'error' in each);
  return frame && 'error' in frame ? frame.error : undefined;
}

/** What is refused has a reason, and was not done. Source: RFC 9110 §15.5 and §15.6, RFC 6585 §4. */
export function refusals({ expected = [], limit, windowMs }: RefusalOptions = {}): Checker {
  return {
    name: 'refusals',
    rule: 'No 404 of what surely exists, no 429 below the limit, no 5xx and no error in a stream without a fault or a failing upstream; what was refused was not done and not sent upstream.',
    needs: [
      'completions say their HTTP status',
      'for 404: an acknowledged write of the same tenant, and nothing that deletes; objects do not expire',
      'for 429: `limit`, and nothing that was admitted before the history',
      'for 5xx, and for what was sent upstream: the journal, where operations are calls',
      'for refused writes: unique values, and the state before them known (`initial`, a read, or the operation id in the value)',
    ],
    check(history, journal) {
      const { operations, keys } = timelineOf(history);
      const faults = faultsNear(history);
      const exists = existenceOf(operations, keys);
      const isDone = refusedButDone(keys, history.header.initial as Record<string, Json> | undefined);
      const failing = failingUpstream(journal);
      const sum = limit === undefined ? undefined : tooManyRequests(operations, { limit, windowMs });
      return judgeEach(
        'refusals',
        history,
        (operation) => {
          const { completion, invoke } = operation;
          const status = completion?.status;
          if (status === undefined || completion?.abortedAt !== undefined) return undefined;
          const told = status < 400 ? errorIn(operation) : undefined;
          if ((status < 400 && told === undefined) || expected.includes(status)) return 'judged';
          if (faults.excuses(operation)) return { lacks: 'faults were near all refusals' };
          if (invoke.does === 'call' && !journal) return { lacks: 'there is no journal' };
          if (told !== undefined) {
            if (!failing.isBlameless(operation) || failing.before(operation)) return 'judged';
            return against(
              operation,
              `got an error in its stream (${shown(told)}), though all went well upstream`,
            );
          }
          const done = isDone(operation);
          if (done) return against(operation, `was refused (${status}) and done all the same`, done);
          const sent = journal && refusedButSent(operation, journal);
          if (sent) return against(operation, `was refused (${status}), ${sent}`);
          if (status === 404 || status === 410) {
            const witness = exists(operation);
            if (witness) return against(operation, `got ${status}, though it exists`, [witness]);
          }
          if (status === 429 && sum && !failing.explains(operation)) {
            const others = sum(operation);
            if (others !== undefined)
              return against(operation, `got 429, though only ${others} of ${limit} could count`);
          }
          const isOurs = status >= 500 && status < 600 && !notOffered.includes(status);
          if (isOurs && !faults.begunBefore(completion?.at ?? 0) && !failing.explains(operation))
            return against(operation, `got ${status}, without a fault and without a failing upstream`);
          return 'judged';
        },
        'no operation says its HTTP status',
      );
    },
  };
}
