import { type Effects, effectsOf } from '../effects/effects.ts';
import { type Settled, settledKeys } from '../effects/settled.ts';
import { invalid, named, notFound, undecided } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

export interface ConvergenceOptions {
  /** How long after the last change reads may still differ. Default 0. */
  readonly withinMs?: number;
}

/** Eventual consistency with a bound: once it is quiet, all workers show the same. Source: Vogels, CACM 2009. */
export function convergence({ withinMs = 0 }: ConvergenceOptions = {}): Checker {
  return {
    name: 'convergence',
    rule: `${withinMs} ms after the last change every worker shows the same state; a change of unknown outcome may still come, once.`,
    needs: ['every changed key is read at least twice after quiescence, on two workers where there are two'],
    check(history) {
      const effects = effectsOf(history);
      let counted = 0;
      let unsure = 0;
      let unread = 0;
      for (const settled of settledKeys(effects, withinMs)) {
        counted += settled.reads.length;
        const pairs = differing(settled.reads, withinMs);
        // Each of them is a change of its own: one for every difference excuses them all.
        const [pair] = pairs.length > settled.unsure.length ? pairs.slice(settled.unsure.length) : [];
        if (pair) return invalid('convergence', violation(settled, pairs, pair), counted);
        if (pairs.length > 0) unsure += 1;
        else if (!seenTwice(settled.reads, workersOf(effects, settled.key))) unread += 1;
      }
      if (unsure > 0) {
        const reason = `${unsure} key(s) differ as often as changes of unknown outcome may still have come`;
        return undecided('convergence', counted, reason);
      }
      const unmet = `${unread} changed key(s) were not read on two workers after quiescence`;
      return notFound('convergence', counted, unread > 0 ? unmet : effects.unmet, 'nothing was changed');
    },
  };
}

type Pair = readonly [Operation, Operation];

/**
 * Pairs of reads that differ, each of which takes a change of its own: a pair begins when all that one change may show in is
 * over, `withinMs` after the read that saw the difference. (A change that comes at t shows in reads that end after t and begin
 * before t + withinMs; of those of two pairs there are none.)
 */
function differing(reads: readonly Operation[], withinMs: number): readonly Pair[] {
  const pairs: Pair[] = [];
  let first: Operation | undefined;
  let over = Number.NEGATIVE_INFINITY;
  let overAt = Number.NEGATIVE_INFINITY;
  for (const read of reads.toSorted((a, b) => a.end - b.end)) {
    if (read.start < over || read.invoke.at < overAt) continue;
    first ??= read;
    if (stateOf(read) === stateOf(first)) continue;
    pairs.push([first, read]);
    over = read.end;
    overAt = (read.completion?.at ?? 0) + withinMs;
    first = undefined;
  }
  return pairs;
}

function violation(settled: Settled, pairs: readonly Pair[], [one, other]: Pair) {
  const excused = settled.unsure.length;
  const late =
    excused === 0 ? '' : `, which is ${pairs.length} differences with ${excused} unknown outcome(s)`;
  const reason = `quiet, but ${named(one)} gave ${shown(one.completion?.value)} and ${named(other)} ${shown(other.completion?.value)}${late}`;
  return {
    reason,
    operations: [...causes(settled, one, other), ...pairs.slice(0, excused).flat(), one, other],
  };
}

/** What a read showed; the order of a set's elements does not matter. */
function stateOf({ invoke, completion }: Operation): ValueId {
  if (invoke.does !== 'list') return valueId(completion?.value);
  return JSON.stringify(elementsOf(completion?.value).map(valueId).sort());
}

/** The change that one of the reads does not show: the last one, or that of an element only one of them has. */
function causes({ updates, unsure }: Settled, one: Operation, other: Operation): readonly Operation[] {
  if (one.invoke.does !== 'list') return [...unsure, ...updates.slice(-1)];
  const shownBy = (read: Operation) => new Set(elementsOf(read.completion?.value).map(valueId));
  const ofOne = shownBy(one);
  const ofOther = shownBy(other);
  const isOdd = (value: ValueId) => ofOne.has(value) !== ofOther.has(value);
  return [...unsure, ...updates.filter(({ invoke }) => isOdd(valueId(invoke.value))).slice(-1)];
}

const workersOf = ({ keys }: Effects, key: number): number => workersIn(keys[key] ?? []);

function workersIn(operations: readonly Operation[]): number {
  const seen = new Set<number>();
  for (const { completion } of operations) if (completion?.worker) seen.add(completion.worker.index);
  return seen.size;
}

const seenTwice = (reads: readonly Operation[], workers: number) =>
  reads.length > 1 && workersIn(reads) >= Math.min(2, workers);
