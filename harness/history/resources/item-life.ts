import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

/** One item of a collection, with everything that was done with it. */
interface Item {
  /** It was there when the history began. */
  readonly isOld: boolean;
  readonly creates: Operation[];
  readonly looks: Operation[];
  /** Deletions of it, and of everything in its collection. */
  readonly destroys: Operation[];
}

/** Items live once: made under an id of their own, there until they are deleted, and gone for good then. Source: RFC 9110 §9.3.5. */
export const itemLife: Checker = {
  name: 'item-life',
  rule: 'An id is never given twice; an item is there from its creation to its deletion, on every worker, and never again.',
  needs: [
    'create answers with the id, look and destroy with whether the item was there',
    'an item has a name of its own as `value`',
  ],
  check(history) {
    const { keys } = timelineOf(history);
    const creates = keys.flatMap((operations) => operations.filter(isCreate));
    const twice = sameId(creates);
    if (twice) return invalid('item-life', twice, creates.length);
    let counted = creates.filter(hasId).length;
    for (const operations of keys) {
      const old = elementsOf(history.header.initial?.[operations[0]?.invoke.key ?? '']).map(valueId);
      for (const item of itemsOf(operations, old)) {
        const seen = [...item.looks, ...item.destroys.filter(isOfOne)].filter(hasAnswered);
        counted += seen.length;
        const violation = judge(item, seen);
        if (violation) return invalid('item-life', violation, counted);
      }
    }
    return notFound('item-life', counted);
  },
};

const isCreate = ({ invoke, outcome }: Operation) => invoke.does === 'create' && outcome !== 'fail';
const isOfOne = ({ invoke }: Operation) => invoke.value !== undefined;
const hasId = ({ outcome, completion }: Operation) => outcome === 'ok' && valueId(completion?.value) !== null;
const hasAnswered = ({ outcome, completion }: Operation) =>
  outcome === 'ok' && typeof completion?.value === 'boolean';
const wasThere = ({ completion }: Operation) => completion?.value === true;

/** Two items under one id; a request that was sent again under its idempotency key made the same item. */
function sameId(creates: readonly Operation[]): Violation | undefined {
  const givenTo = new Map<ValueId, Operation>();
  for (const create of creates.filter(hasId)) {
    const id = valueId(create.completion?.value);
    const other = givenTo.get(id);
    givenTo.set(id, other ?? create);
    if (!other || isRetry(other, create)) continue;
    const reason = `${named(create)} got the id ${shown(create.completion?.value)} of ${named(other)}`;
    return { reason, operations: [other, create] };
  }
  return undefined;
}

const isRetry = ({ invoke: a }: Operation, { invoke: b }: Operation) =>
  a.idempotencyKey !== undefined &&
  a.idempotencyKey === b.idempotencyKey &&
  a.key === b.key &&
  a.tenant === b.tenant;

function itemsOf(operations: readonly Operation[], old: readonly ValueId[]): readonly Item[] {
  const items = new Map<ValueId, Item>();
  const clears = operations.filter((each) => each.invoke.does === 'destroy' && !isOfOne(each));
  const itemOf = (name: ValueId): Item => {
    const known = items.get(name);
    if (known) return known;
    const made = { isOld: old.includes(name), creates: [], looks: [], destroys: [...clears] };
    items.set(name, made);
    return made;
  };
  for (const operation of operations) {
    const { does } = operation.invoke;
    if (!isOfOne(operation)) continue;
    const item = itemOf(valueId(operation.invoke.value));
    if (isCreate(operation)) item.creates.push(operation);
    else if (does === 'look') item.looks.push(operation);
    else if (does === 'destroy') item.destroys.push(operation);
  }
  return [...items.values()];
}

/** @param seen answers that say whether the item was there */
function judge({ isOld, creates, destroys }: Item, seen: readonly Operation[]): Violation | undefined {
  // One that answered that there was nothing has done nothing, and neither has a refused one.
  const deletions = destroys.filter((each) => each.outcome !== 'fail' && each.completion?.value !== false);
  const acknowledged = creates.find(({ outcome }) => outcome === 'ok');
  const madeAt = isOld ? -1 : (acknowledged?.end ?? Number.POSITIVE_INFINITY);
  const madeFrom = isOld ? -1 : Math.min(...creates.map(({ start }) => start));
  const madeUntil = isOld && creates.length === 0 ? -1 : Math.max(...creates.map(({ end }) => end));
  const isSure = (deletion: Operation) =>
    deletion.outcome === 'ok' &&
    ((wasThere(deletion) && isOfOne(deletion)) || madeUntil < deletion.start) &&
    // Of an item that was never seen to be made nothing is known.
    (isOld || creates.length > 0);
  for (const operation of seen) {
    if (!wasThere(operation)) {
      if (madeAt >= operation.start) continue;
      if (deletions.some((each) => each !== operation && each.start < operation.end && each.end > madeFrom))
        continue;
      const reason = `${named(operation)} did not find ${shown(operation.invoke.value)}, which nobody had deleted`;
      return { reason, operations: [...(acknowledged ? [acknowledged] : []), operation] };
    }
    const gone = deletions.find((each) => each !== operation && isSure(each) && each.end < operation.start);
    if (!gone) continue;
    const reason = `${named(operation)} found ${shown(operation.invoke.value)} after ${named(gone)} had deleted it`;
    return { reason, operations: [...(acknowledged ? [acknowledged] : []), gone, operation] };
  }
  const [first, second] = seen.filter((each) => each.invoke.does === 'destroy' && wasThere(each));
  if (!first || !second) return undefined;
  return {
    reason: `${named(first)} and ${named(second)} both deleted ${shown(first.invoke.value)}`,
    operations: [first, second],
  };
}
