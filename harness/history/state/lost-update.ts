import type { History } from '../events.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { amountOf, growingCounters } from './counter-freshness.ts';
import { isWrite, registersOf, uniqueValues, writtenBy } from './register.ts';
import { type Settled, settledKeys } from './settled.ts';

/** Acknowledged changes are not overwritten by others that had not seen them: P4 of Berenson et al. (SIGMOD 1995). */
export const lostUpdate: Checker = {
  name: 'lost-update',
  rule: 'What was acknowledged is in the state that is left when everything is quiet; no two cas replace the same value.',
  needs: [
    'values and elements are unique',
    'counters only grow',
    'every changed key is read once all changes were answered',
  ],
  check(history) {
    const shrinking = growingCounters(history);
    let counted = 0;
    let unread = 0;
    for (const settled of settledKeys(history)) {
      counted += settled.updates.length;
      const violation = settled.kind === 'counter' && shrinking ? undefined : judge(history, settled);
      if (violation) return invalid('lost-update', violation, counted);
      if (settled.reads.length === 0) unread += 1;
    }
    const unmet = unread > 0 ? `${unread} changed key(s) were not read after their last change` : undefined;
    return notFound('lost-update', counted, unmet ?? uniqueValues(history) ?? shrinking);
  },
};

function judge(history: History, settled: Settled): Violation | undefined {
  const { kind, updates } = settled;
  if (kind === 'counter') return judgeCounter(settled);
  if (kind === 'set') return judgeSet(settled);
  if (registersOf(history).ambiguous.has(settled.key)) return undefined;
  return judgeCas(history, updates) ?? judgeRegister(history, settled);
}

function judgeCas(history: History, updates: readonly Operation[]): Violation | undefined {
  const replaced = new Map<ValueId, Operation>();
  for (const cas of updates) {
    const from = valueId(cas.invoke.from);
    if (cas.invoke.does !== 'cas' || cas.outcome !== 'ok' || from === null) continue;
    const other = replaced.get(from);
    replaced.set(from, cas);
    if (!other) continue;
    const writer = registersOf(history).writerOf(cas.key, from);
    const reason = `${named(other)} and ${named(cas)} both replaced ${shown(cas.invoke.from)}`;
    return { reason, operations: [...(writer ? [writer] : []), other, cas] };
  }
  return undefined;
}

/** A last value is one that was not overwritten for sure: no acknowledged write began after its write had ended. */
function judgeRegister(history: History, { key, updates, reads }: Settled): Violation | undefined {
  let latest: Operation | undefined;
  let nullEnd = -1;
  for (const update of updates) {
    if (update.outcome === 'ok' && (latest?.start ?? -1) < update.start) latest = update;
    if (isWrite(update) && writtenBy(update) === null) nullEnd = Math.max(nullEnd, update.end);
  }
  const [first] = reads;
  if (!latest || !first) return undefined;
  const { start } = latest;
  const writerOf = (read: Operation) => registersOf(history).writerOf(key, valueId(read.completion?.value));
  const endOf = (read: Operation) =>
    valueId(read.completion?.value) === null ? nullEnd : (writerOf(read)?.end ?? -1);
  if (reads.some((read) => endOf(read) >= start)) return undefined;
  const writer = writerOf(first);
  return {
    reason: `${named(latest)} was acknowledged and is gone: ${named(first)} gave ${shown(first.completion?.value)}`,
    operations: [...(writer ? [writer] : []), latest, first],
  };
}

function judgeSet({ updates, reads }: Settled): Violation | undefined {
  const [first] = reads;
  if (!first) return undefined;
  const left = new Set<ValueId>();
  for (const { completion } of reads)
    for (const value of elementsOf(completion?.value)) left.add(valueId(value));
  let clearedUntil = -1;
  const removed = new Set<ValueId>();
  for (const { invoke, end } of updates) {
    if (invoke.does === 'delete') clearedUntil = Math.max(clearedUntil, end);
    if (invoke.does === 'remove') removed.add(valueId(invoke.value));
  }
  for (const add of updates) {
    const value = valueId(add.invoke.value);
    if (add.invoke.does !== 'add' || add.outcome !== 'ok' || add.start < clearedUntil) continue;
    if (left.has(value) || removed.has(value)) continue;
    const rival = updates.find((other) => other !== add && other.start < add.end && other.end > add.start);
    return {
      reason: `${named(add)} was acknowledged and ${shown(add.invoke.value)} is gone in ${named(first)}`,
      operations: [add, ...(rival ? [rival] : []), first],
    };
  }
  return undefined;
}

function judgeCounter({ updates, reads }: Settled): Violation | undefined {
  const [first] = reads;
  if (!first) return undefined;
  let least = 0;
  for (const update of updates) if (update.outcome === 'ok') least += amountOf(update);
  const most = reads.reduce((max, { completion }) => Math.max(max, Number(completion?.value)), -Infinity);
  if (most >= least) return undefined;
  const at = updates.findIndex((update, place) => update.start < (updates[place - 1]?.end ?? -1));
  return {
    reason: `increments of ${least} were acknowledged, ${named(first)} gave ${shown(first.completion?.value)}`,
    operations: at < 0 ? [...updates.slice(-2), first] : [...updates.slice(at - 1, at + 1), first],
  };
}
