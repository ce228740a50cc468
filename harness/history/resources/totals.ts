import { isSurelyThere, mayBeThere, type Presence, presencesOf } from '../effects/presence.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';

/** The total that a collection tells is the number of its items. */
export const totals: Checker = {
  name: 'totals',
  rule: 'A total is at least what was surely there while it was asked for, and at most what may have been.',
  needs: ['elements are unique', 'for the upper bound: what the set began with'],
  check(history) {
    let counted = 0;
    for (const operations of timelineOf(history).keys) {
      const asked = operations.filter(isTotal);
      if (asked.length === 0) continue;
      const initial = history.header.initial?.[asked[0]?.invoke.key ?? ''];
      const presences = presencesOf(operations, initial);
      for (const total of asked) {
        counted += 1;
        const violation = judge(total, presences, initial !== undefined);
        if (violation) return invalid('totals', violation, counted);
      }
    }
    return notFound('totals', counted);
  },
};

const isTotal = ({ invoke, outcome, completion }: Operation) =>
  invoke.does === 'total' && outcome === 'ok' && typeof completion?.value === 'number';

function judge(total: Operation, presences: readonly Presence[], isKnown: boolean): Violation | undefined {
  const value = Number(total.completion?.value);
  const least = presences.filter((presence) => isSurelyThere(presence, total));
  const most = presences.filter((presence) => mayBeThere(presence, total));
  if (value < least.length) {
    const [last] = least.flatMap(({ adds }) => adds).sort((a, b) => b.start - a.start);
    const reason = `${named(total)} gave ${value} where at least ${least.length} were there`;
    return { reason, operations: [...(last ? [last] : []), total] };
  }
  if (!isKnown || value <= most.length) return undefined;
  const gone = presences.filter((presence) => !mayBeThere(presence, total));
  const [last] = gone.flatMap(({ removals }) => removals).sort((a, b) => b.start - a.start);
  const reason = `${named(total)} gave ${value} where at most ${most.length} can have been there`;
  return { reason, operations: [...(last ? [last] : []), total] };
}
