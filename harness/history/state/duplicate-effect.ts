import { named, type Violation } from '../outcome.ts';
import { judgeBySweep, type Sweep } from '../sweep.ts';
import { type Operation, type Timeline, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { amountOf } from './counter-freshness.ts';

/** One request, one effect, also when it was repeated with its idempotency key (draft-ietf-httpapi-idempotency-key). */
export const duplicateEffect: Checker = {
  name: 'duplicate-effect',
  rule: 'Nothing happens more often than it was asked for; requests with one idempotency key count once.',
  needs: ['a set shows its elements as often as it has them', 'counters only grow'],
  check(history) {
    const timeline = timelineOf(history);
    return judgeBySweep('duplicate-effect', timeline, [
      listRule(timeline),
      counterRule(timeline),
      answerRule(),
    ]);
  },
};

/** Adds of one element as often as they can count. */
interface Wanted {
  times: number;
  readonly adds: Operation[];
  /** How often the list that was looked at last shows it. */
  shownBy: number;
  shown: number;
}

function listRule({ keys }: Timeline): Sweep {
  const wanted = keys.map(() => new Map<ValueId, Wanted>());
  const isRepeat = repeats();
  return {
    begin(operation) {
      const { does, value } = operation.invoke;
      if (does !== 'add') return;
      const known = wanted[operation.key]?.get(valueId(value));
      if (!known) {
        isRepeat(operation);
        wanted[operation.key]?.set(valueId(value), { times: 1, adds: [operation], shownBy: -1, shown: 0 });
        return;
      }
      known.adds.push(operation);
      if (!isRepeat(operation)) known.times += 1;
    },
    end(list) {
      if (list.invoke.does !== 'list') return undefined;
      for (const value of elementsOf(list.completion?.value)) {
        const known = wanted[list.key]?.get(valueId(value));
        if (!known) continue;
        known.shown = known.shownBy === list.start ? known.shown + 1 : 1;
        known.shownBy = list.start;
        if (known.shown <= known.times) continue;
        const reason = `${named(list)} shows ${shown(value)} ${known.shown} times, it was added ${times(known.times)}`;
        return { reason, operations: [...known.adds.slice(0, 8), list] };
      }
      return undefined;
    },
  };
}

function counterRule({ keys }: Timeline): Sweep {
  const most = keys.map(() => 0);
  const last: (Operation | undefined)[] = keys.map(() => undefined);
  const isRepeat = repeats();
  return {
    begin(operation) {
      if (operation.invoke.does !== 'increment' || isRepeat(operation)) return;
      most[operation.key] = (most[operation.key] ?? 0) + Math.max(0, amountOf(operation));
      last[operation.key] = operation;
    },
    end(count): Violation | undefined {
      const value = count.completion?.value;
      const bound = most[count.key] ?? 0;
      if (count.invoke.does !== 'count' || typeof value !== 'number' || value <= bound) return undefined;
      const increment = last[count.key];
      return {
        reason: `${named(count)} gave ${value}, increments of only ${bound} had begun`,
        operations: increment ? [increment, count] : [count],
      };
    },
  };
}

/** Repeated requests must get the same answer: the one effect has one id. */
function answerRule(): Sweep {
  const answers = new Map<string, Operation>();
  return {
    end(operation) {
      const { idempotencyKey } = operation.invoke;
      const value = valueId(operation.completion?.value);
      if (idempotencyKey === undefined || value === null) return undefined;
      const first = answers.get(idempotencyKey);
      if (!first) answers.set(idempotencyKey, operation);
      else if (valueId(first.completion?.value) !== value) {
        const reason = `one idempotency key, two results: ${named(first)} gave ${shown(first.completion?.value)}, ${named(operation)} ${shown(operation.completion?.value)}`;
        return { reason, operations: [first, operation] };
      }
      return undefined;
    },
  };
}

/** Whether an operation repeats one that it was asked about before, by its idempotency key. */
function repeats(): (operation: Operation) => boolean {
  const seen = new Set<string>();
  return ({ invoke: { idempotencyKey } }) => {
    if (idempotencyKey === undefined) return false;
    const repeat = seen.has(idempotencyKey);
    seen.add(idempotencyKey);
    return repeat;
  };
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
