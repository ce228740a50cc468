import type { Json } from '../../plan/json.ts';
import { unclearElements } from '../state/ordered-append.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../value.ts';
import { Acknowledged } from './acknowledged.ts';
import type { Effects } from './effects.ts';
import { isAddition, isWrite } from './object-kind.ts';
import { type Sources, sourcesOf, writtenBy } from './written-values.ts';

/** What was changed by when: to say whether what a read shows is older than a change that it must know of. */
export interface Past {
  /** The changes that a read which began at a place has seen: what was there when they began is not theirs. */
  readonly shownBy: (value: Json | undefined, readStart: number) => readonly Operation[];
  /** Whether there is a change that was acknowledged before a place. */
  readonly hasBefore: (place: number) => boolean;
  /** A change acknowledged before a place which the value lacks, though nothing else can have undone it before the read ended. */
  readonly lackedBy: (
    value: Json | undefined,
    place: number,
    readEnd: number,
    also?: Operation,
  ) => Operation | undefined;
}

/** The past of each key; undefined for what is no register, set or sequence. */
export function pastOf(effects: Effects): readonly (Past | undefined)[] {
  const sources = sourcesOf(effects);
  return effects.keys.map((operations, key) => {
    const kind = effects.kinds[key];
    if (kind === 'register') return registerPast(operations, (value) => sources.only(key, value));
    return kind === 'set' || kind === 'sequence' ? elementsPast(operations) : undefined;
  });
}

const byEnd = (operations: readonly Operation[]): Acknowledged => {
  const acknowledged = new Acknowledged();
  const sure = operations.filter(({ outcome }) => outcome === 'ok');
  for (const operation of sure.sort((a, b) => a.end - b.end)) acknowledged.add(operation);
  return acknowledged;
};

/** The latest end of those begun by a place; before all places where there is none. */
const lastEnd = (operations: readonly Operation[], place: number): number =>
  operations.reduce(
    (last, { start, end }) => (start < place ? Math.max(last, end) : last),
    Number.NEGATIVE_INFINITY,
  );

function registerPast(
  operations: readonly Operation[],
  only: (value: ValueId) => ReturnType<Sources['only']>,
): Past {
  const writes = operations.filter(isWrite);
  const acknowledged = byEnd(writes);
  const writers = Map.groupBy(writes, writtenBy);
  return {
    shownBy(value, readStart) {
      const writer = only(valueId(value));
      return writer && writer.start < readStart ? [writer] : [];
    },
    hasBefore: (place) => acknowledged.before(place) !== undefined,
    lackedBy(value, place, readEnd, also) {
      const before = acknowledged.before(place);
      const change = also && (before?.start ?? -1) < also.start ? also : before;
      if (!change || change.start < 0) return undefined;
      return lastEnd(writers.get(valueId(value)) ?? [], readEnd) < change.start ? change : undefined;
    },
  };
}

function elementsPast(operations: readonly Operation[]): Past {
  const changes = operations.filter(({ invoke, outcome }) => invoke.does !== 'list' && outcome !== 'fail');
  const unclear = unclearElements(operations);
  const clears = changes.filter(({ invoke }) => invoke.does === 'delete');
  const cleared = byEnd(clears);
  const any = byEnd(changes.filter(({ start }) => start >= 0));
  const additions = Map.groupBy(changes.filter(isAddition), ({ invoke }) => valueId(invoke.value));
  const removals = Map.groupBy(
    changes.filter(({ invoke }) => invoke.does === 'remove'),
    ({ invoke }) => valueId(invoke.value),
  );
  const elements = [...new Set([...additions.keys(), ...removals.keys()])].map((id) => {
    const adds = additions.get(id) ?? [];
    const removed = removals.get(id) ?? [];
    return { id, adds, added: byEnd(adds), removals: [...removed, ...clears], removed: byEnd(removed) };
  });
  return {
    shownBy: (value, readStart) =>
      elementsOf(value).flatMap((element) => {
        const [add] = additions.get(valueId(element)) ?? [];
        return add && add.start >= 0 && add.start < readStart && !unclear.has(valueId(element)) ? [add] : [];
      }),
    hasBefore: (place) => any.before(place) !== undefined,
    lackedBy(value, place, readEnd, also) {
      const seen = new Set(elementsOf(value).map(valueId));
      for (const { id, adds, added, removals: undone, removed } of elements) {
        const known = added.before(place);
        const add = also && adds.includes(also) && (known?.start ?? -1) < also.start ? also : known;
        if (add && !seen.has(id) && lastEnd(undone, readEnd) < add.start) return add;
        if (!seen.has(id)) continue;
        const one = unclear.has(id) ? undefined : removed.before(place);
        const all = cleared.before(place);
        const removal = (one?.start ?? -1) > (all?.start ?? -1) ? one : all;
        if (removal && removal.start >= 0 && lastEnd(adds, readEnd) < removal.start) return removal;
      }
      return undefined;
    },
  };
}
