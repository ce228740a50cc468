import type { Operation, Timeline } from '../timeline.ts';
import { valueId } from '../value.ts';
import { isRefusedCas } from './object-kind.ts';

const changes = new Set<string>(['write', 'cas', 'delete', 'add', 'append', 'remove', 'increment']);

/**
 * The same timeline with requests that repeat each other as one operation: those of one object, tenant, name and
 * idempotency key. It took effect once, between the beginning of the first attempt that may have done it and the end of
 * the first that was acknowledged. Source: draft-ietf-httpapi-idempotency-key.
 */
export function retriedOnce(timeline: Timeline): Timeline & { readonly unmet: string | undefined } {
  const groups = groupsOf(timeline);
  if (groups.length === 0) return { ...timeline, unmet: undefined };
  const standsFor = new Map<Operation, Operation | undefined>();
  const unclear = new Set<number>();
  for (const group of groups) {
    const one = asOne(group);
    if (one === 'unclear') unclear.add(group[0]?.key ?? 0);
    else if (one) for (const attempt of group) standsFor.set(attempt, attempt === group[0] ? one : undefined);
  }
  const once = (operation: Operation) =>
    unclear.has(operation.key) ? undefined : standsFor.has(operation) ? standsFor.get(operation) : operation;
  const only = (operations: readonly Operation[]) => operations.flatMap((operation) => once(operation) ?? []);
  const keys = timeline.keys.map((operations) => only(operations).sort((a, b) => a.start - b.start));
  const operations = only(timeline.operations).sort((a, b) => a.start - b.start);
  const at: (Operation | undefined)[] = new Array(timeline.at.length);
  for (const operation of operations) {
    at[operation.start] = operation;
    if (operation.answered < at.length && !operation.attempts) at[operation.answered] = operation;
    if (operation.end < at.length) at[operation.end] = operation;
  }
  const [key] = unclear;
  const name = key === undefined ? '' : timeline.keys[key]?.[0]?.invoke.key;
  const unmet =
    key === undefined ? undefined : `one idempotency key asked for two different things of "${name}"`;
  return { operations, at, keys, unmet };
}

function groupsOf({ operations }: Timeline): readonly (readonly Operation[])[] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const { does, idempotencyKey } = operation.invoke;
    if (idempotencyKey === undefined || !changes.has(does)) continue;
    const id = requestId(operation);
    const group = groups.get(id);
    if (group) group.push(operation);
    else groups.set(id, [operation]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** Equal for requests that repeat each other. */
export const requestId = ({ invoke, key }: Operation): string =>
  JSON.stringify([key, invoke.tenant ?? null, invoke.name, invoke.idempotencyKey ?? null]);

/** Undefined where no attempt can have done anything: then each stands for itself. */
function asOne(group: readonly Operation[]): Operation | 'unclear' | undefined {
  const able = group.filter((attempt) => attempt.outcome !== 'fail' && !isRefusedCas(attempt));
  const [first] = able;
  if (!first) return undefined;
  const isSame = ({ invoke }: Operation) =>
    invoke.does === first.invoke.does &&
    valueId(invoke.value) === valueId(first.invoke.value) &&
    valueId(invoke.from) === valueId(first.invoke.from);
  if (!able.every(isSame)) return 'unclear';
  let sure: Operation | undefined;
  for (const attempt of able)
    if (attempt.outcome === 'ok' && attempt.end < (sure?.end ?? Infinity)) sure = attempt;
  const { invoke, completion } = sure ?? first;
  return {
    invoke,
    completion,
    outcome: sure ? 'ok' : 'unknown',
    start: first.start,
    answered: Math.max(...group.map(({ answered }) => answered)),
    end: sure?.end ?? Number.POSITIVE_INFINITY,
    key: first.key,
    attempts: group,
  };
}
