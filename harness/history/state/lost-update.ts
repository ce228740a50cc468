import { type Effects, effectsOf } from '../effects/effects.ts';
import { amountOf, isAddition } from '../effects/object-kind.ts';
import { type Settled, settledKeys } from '../effects/settled.ts';
import { WrittenValues } from '../effects/written-values.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { LeastBeginning, shrunkCounters, unmetBy } from './counter-freshness.ts';
import { doubleCas } from './double-cas.ts';

/** Acknowledged changes are not overwritten by others that had not seen them: P4 of Berenson et al. (SIGMOD 1995). */
export const lostUpdate: Checker = {
  name: 'lost-update',
  rule: 'What was acknowledged is in the state that is left when everything is quiet; no two cas replace one value that was there once.',
  needs: [
    'every changed key is read once all its changes were answered',
    'values written are told apart',
    'counters only grow',
  ],
  check(history) {
    const effects = effectsOf(history);
    const shrunk = shrunkCounters(effects);
    const least = leastBeginnings(effects);
    let counted = 0;
    let unread = 0;
    for (const settled of settledKeys(effects)) {
      if (shrunk.has(settled.key)) continue;
      const violation = judge(effects, settled, least);
      if (settled.reads.length === 0 && !violation) unread += 1;
      else for (const { outcome, start } of settled.updates) if (outcome === 'ok' && start >= 0) counted += 1;
      if (violation) return invalid('lost-update', violation, counted);
    }
    const unmet = unread > 0 ? `${unread} changed key(s) were not read after their last change` : undefined;
    const nothing = 'no change was acknowledged';
    return notFound('lost-update', counted, unmet ?? unmetBy(shrunk) ?? effects.unmet, nothing);
  },
};

function judge(effects: Effects, settled: Settled, least: LeastBeginning): Violation | undefined {
  if (settled.kind === 'counter') return judgeCounter(settled, least.of(settled.key));
  if (settled.kind === 'register') return doubleCas(effects, settled) ?? judgeRegister(settled);
  return judgeElements(settled);
}

/** A last value is one that was not overwritten for sure: no acknowledged write began after its write had ended. */
function judgeRegister({ key, updates, reads }: Settled): Violation | undefined {
  const written = new WrittenValues();
  let latest: Operation | undefined;
  for (const update of updates) {
    written.begin(update);
    if (update.outcome === 'ok' && (latest?.start ?? -1) < update.start) latest = update;
  }
  const [first] = reads;
  if (!latest || !first) return undefined;
  const { start } = latest;
  const writerOf = (read: Operation) => written.last(key, valueId(read.completion?.value));
  if (reads.some((read) => (writerOf(read)?.end ?? -1) >= start)) return undefined;
  const writer = writerOf(first);
  return {
    reason: `${named(latest)} was acknowledged and is gone: ${named(first)} gave ${shown(first.completion?.value)}`,
    operations: [...(writer ? [writer] : []), latest, first],
  };
}

function judgeElements({ updates, reads }: Settled): Violation | undefined {
  const [first] = reads;
  if (!first) return undefined;
  const left = new Set<ValueId>();
  for (const { completion } of reads)
    for (const value of elementsOf(completion?.value)) left.add(valueId(value));
  let clearedUntil = Number.NEGATIVE_INFINITY;
  const removedUntil = new Map<ValueId, number>();
  for (const { invoke, end } of updates) {
    const value = valueId(invoke.value);
    if (invoke.does === 'delete') clearedUntil = Math.max(clearedUntil, end);
    if (invoke.does === 'remove') removedUntil.set(value, Math.max(removedUntil.get(value) ?? end, end));
  }
  for (const add of updates) {
    const value = valueId(add.invoke.value);
    if (!isAddition(add) || add.outcome !== 'ok' || left.has(value)) continue;
    if (add.start < Math.max(clearedUntil, removedUntil.get(value) ?? clearedUntil)) continue;
    const rival = updates.find(
      (other) => other !== add && other.start >= 0 && other.start < add.end && other.end > add.start,
    );
    return {
      reason: `${named(add)} was acknowledged and ${shown(add.invoke.value)} is gone in ${named(first)}`,
      operations: [add, ...(rival ? [rival] : []), first],
    };
  }
  return undefined;
}

function judgeCounter({ updates, reads }: Settled, beginning: number): Violation | undefined {
  const [first] = reads;
  if (!first) return undefined;
  let least = beginning;
  for (const update of updates) if (update.outcome === 'ok') least += amountOf(update);
  const most = reads.reduce((max, { completion }) => Math.max(max, Number(completion?.value)), -Infinity);
  if (!(most < least)) return undefined;
  const at = updates.findIndex((update, place) => update.start < (updates[place - 1]?.end ?? -1));
  return {
    reason: `it was at least ${least} after the increments that were acknowledged, ${named(first)} gave ${shown(first.completion?.value)}`,
    operations: at < 0 ? [...updates.slice(-2), first] : [...updates.slice(at - 1, at + 1), first],
  };
}

/** What the counters of a history can have begun at, from all counts in it. */
function leastBeginnings(effects: Effects): LeastBeginning {
  const beginning = new LeastBeginning(effects);
  if (!effects.kinds.includes('counter')) return beginning;
  for (let position = 0; position < effects.at.length; position += 1) {
    const operation = effects.at[position];
    if (!operation || operation.outcome === 'fail' || effects.kinds[operation.key] !== 'counter') continue;
    if (operation.invoke.does === 'increment' && position === operation.start) beginning.begin(operation);
    if (operation.invoke.does === 'count' && position === operation.end) beginning.end(operation);
  }
  return beginning;
}
