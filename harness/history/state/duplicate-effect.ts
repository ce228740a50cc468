import { type Effects, effectsOf } from '../effects/effects.ts';
import { amountOf, isAddition } from '../effects/object-kind.ts';
import { repeatedAnswers } from '../effects/repeated-answers.ts';
import { judgeBySweep, type Sweep } from '../effects/sweep.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { shrunkCounters, unmetBy } from './counter-freshness.ts';

/** One request, one effect, also when it was repeated with its idempotency key (draft-ietf-httpapi-idempotency-key). */
export const duplicateEffect: Checker = {
  name: 'duplicate-effect',
  rule: 'Nothing happens more often than it was asked for; requests with one idempotency key count once.',
  needs: [
    'lists of what was added, two counts of a counter or one whose beginning is stated, or a request that was repeated with its key',
    'a list shows its elements as often as they are there; they were not there before',
    'counters only grow',
  ],
  check(history) {
    const effects = effectsOf(history);
    const rules = { set: listRule(effects), sequence: listRule(effects), counter: counterRule(effects) };
    const nothing = 'nothing was added and listed, counted or asked for again';
    const found = judgeBySweep('duplicate-effect', effects, rules, nothing);
    if (found.verdict === 'invalid') return found;
    const answers = repeatedAnswers(timelineOf(history));
    const counted = found.counted + answers.judged;
    if (answers.violation) return invalid('duplicate-effect', answers.violation, counted);
    const unmet = unmetBy(shrunkCounters(effects)) ?? effects.unmet;
    return notFound('duplicate-effect', counted, unmet, nothing);
  },
};

/** Additions of one element as often as they can count. */
interface Wanted {
  readonly adds: Operation[];
  /** Shown before it was added: there were some from the beginning. */
  readonly isOld: boolean;
  /** How often the list that was looked at last shows it. */
  shownBy: number;
  shown: number;
}

function listRule({ keys }: Effects): Sweep {
  const wanted = keys.map(() => new Map<ValueId, Wanted>());
  /** What was listed before anybody added it. */
  const old = keys.map(() => new Set<ValueId>());
  let judged = 0;
  return {
    judged: () => judged,
    begin(operation) {
      if (!isAddition(operation)) return;
      const value = valueId(operation.invoke.value);
      const known = wanted[operation.key]?.get(value);
      if (known) known.adds.push(operation);
      else {
        const isOld = old[operation.key]?.has(value) ?? false;
        wanted[operation.key]?.set(value, { adds: [operation], isOld, shownBy: Number.NaN, shown: 0 });
      }
    },
    end(list) {
      if (list.invoke.does !== 'list') return undefined;
      let violation: Violation | undefined;
      let isJudged = false;
      for (const value of elementsOf(list.completion?.value)) {
        const known = wanted[list.key]?.get(valueId(value));
        if (!known) {
          old[list.key]?.add(valueId(value));
          continue;
        }
        isJudged = true;
        known.shown = known.shownBy === list.start ? known.shown + 1 : 1;
        known.shownBy = list.start;
        const { length } = known.adds;
        if (known.shown <= length || known.isOld) continue;
        const reason = `${named(list)} shows ${shown(value)} ${known.shown} times, it was added ${times(length)}`;
        violation = { reason, operations: [...known.adds.slice(0, 8), list] };
      }
      if (isJudged) judged += 1;
      return violation;
    },
  };
}

function counterRule(effects: Effects): Sweep {
  const shrunk = shrunkCounters(effects);
  const beginnings = effects.keys.map((operations, key) => mostBeginning(effects, operations, key));
  const begun = effects.keys.map(() => 0);
  const last: (Operation | undefined)[] = effects.keys.map(() => undefined);
  let judged = 0;
  return {
    judged: () => judged,
    begin(operation) {
      if (operation.invoke.does !== 'increment') return;
      begun[operation.key] = (begun[operation.key] ?? 0) + amountOf(operation);
      last[operation.key] = operation;
    },
    end(count) {
      const value = count.completion?.value;
      const beginning = beginnings[count.key];
      if (count.invoke.does !== 'count' || typeof value !== 'number') return undefined;
      if (beginning === undefined || shrunk.has(count.key)) return undefined;
      judged += 1;
      const most = beginning + (begun[count.key] ?? 0);
      if (value <= most) return undefined;
      const increment = last[count.key];
      const above = beginning === 0 ? '' : `, above the ${beginning} that were there at most`;
      return {
        reason: `${named(count)} gave ${value}, increments of only ${begun[count.key]} had begun${above}`,
        operations: increment ? [increment, count] : [count],
      };
    },
  };
}

/** The most that a counter can have begun at: no count is below it. Undefined where one count is all there is. */
function mostBeginning(
  { kinds, counts }: Effects,
  operations: readonly Operation[],
  key: number,
): number | undefined {
  if (kinds[key] !== 'counter' || counts.has(key)) return counts.get(key);
  let least = Number.POSITIVE_INFINITY;
  let seen = 0;
  for (const { invoke, outcome, completion } of operations) {
    if (invoke.does !== 'count' || outcome !== 'ok' || typeof completion?.value !== 'number') continue;
    least = Math.min(least, completion.value);
    seen += 1;
  }
  return seen > 1 ? least : undefined;
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
