import type { Json } from '../../../plan/json.ts';
import type { Action } from '../../events.ts';
import type { Operation } from '../../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../../value.ts';

const writes: readonly Action[] = ['write', 'cas', 'add', 'append'];
/** Refusals after which something may have been done: in time-outs, or since a twin of the request is under way. */
const undecided = [408, 409, 425, 499];
/** Ids that are as long don't stand in a value by chance. */
const idLength = 6;

/**
 * Tells which operations show that a refused write was done: a later read has its value, which was not there before and which
 * nothing else has written.
 * @param initial what keys held before the history, where that is known
 */
export function refusedButDone(
  keys: readonly (readonly Operation[])[],
  initial: Readonly<Record<string, Json>> = {},
): (operation: Operation) => readonly Operation[] | undefined {
  return (operation) => {
    const { outcome, invoke, completion } = operation;
    if (outcome !== 'fail' || !writes.includes(invoke.does) || invoke.value === undefined) return undefined;
    const status = completion?.status ?? 0;
    if (status < 400 || status >= 500 || undecided.includes(status)) return undefined;
    const id = valueId(invoke.value);
    if (id === null) return undefined;
    const others = keys[operation.key] ?? [];
    const isWrittenElsewhere = others.some(
      (other) =>
        other !== operation && writes.includes(other.invoke.does) && valueId(other.invoke.value) === id,
    );
    if (isWrittenElsewhere) return undefined;
    const reader = others.find(
      (other) => other.outcome === 'ok' && other.end > operation.start && shows(other, id),
    );
    if (!reader) return undefined;
    const before = others.find(
      (other) => other.end < operation.start && isSameLook(other, reader) && !shows(other, id),
    );
    if (before) return [before, reader];
    const { key } = invoke;
    const isKnown = Object.hasOwn(initial, key) && !holds(initial[key], id);
    return isKnown || namesItself(operation) ? [reader] : undefined;
  };
}

const isRead = ({ invoke }: Operation): boolean => invoke.does === 'read' || invoke.does === 'list';

const shows = (operation: Operation, id: ValueId): boolean =>
  isRead(operation) && operation.outcome === 'ok' && holds(operation.completion?.value, id);

const holds = (value: Json | undefined, id: ValueId): boolean =>
  valueId(value) === id || elementsOf(value).some((element) => valueId(element) === id);

/** Whether two reads would show the same, one after the other: of one tenant, of the same page. */
const isSameLook = (one: Operation, other: Operation): boolean =>
  one.outcome === 'ok' &&
  isRead(one) &&
  one.invoke.tenant === other.invoke.tenant &&
  one.invoke.name === other.invoke.name &&
  valueId(one.invoke.args) === valueId(other.invoke.args);

/** A value that has the id of its operation in it cannot have been there before. */
const namesItself = ({ invoke: { op, value } }: Operation): boolean =>
  op.length >= idLength && JSON.stringify(value).includes(op);
