import { invalid, named, notFound } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { timelineOf } from '../timeline.ts';
import { elementsOf, shown, type ValueId, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { type Settled, settledKeys } from './settled.ts';

export interface ConvergenceOptions {
  /** How long after the last change reads may still differ. Default 0. */
  readonly withinMs?: number;
}

/** Eventual consistency with a bound: once it is quiet, all workers show the same. Source: Vogels, CACM 2009. */
export function convergence({ withinMs = 0 }: ConvergenceOptions = {}): Checker {
  return {
    name: 'convergence',
    rule: `${withinMs} ms after the last change every worker shows the same state.`,
    needs: ['every changed key is read at least twice after quiescence, on two workers where there are two'],
    check(history) {
      let counted = 0;
      let unsure = 0;
      let unread = 0;
      for (const settled of settledKeys(history, withinMs)) {
        counted += settled.reads.length;
        const pair = differing(settled.reads);
        if (pair && settled.unsure) unsure += 1;
        else if (pair) {
          const [one, other] = pair;
          const reason = `quiet, but ${named(one)} gave ${shown(one.completion?.value)} and ${named(other)} ${shown(other.completion?.value)}`;
          return invalid(
            'convergence',
            { reason, operations: [...causes(settled, one, other), one, other] },
            counted,
          );
        }
        if (!seenTwice(settled.reads, workersOf(timelineOf(history).keys[settled.key] ?? []))) unread += 1;
      }
      const reasons = [
        ...(unread > 0 ? [`${unread} changed key(s) were not read on two workers after quiescence`] : []),
        ...(unsure > 0 ? [`${unsure} key(s) differ, but a change of them has an unknown outcome`] : []),
      ];
      return notFound('convergence', counted, reasons.length > 0 ? reasons.join('; ') : undefined);
    },
  };
}

function differing(reads: readonly Operation[]): readonly [Operation, Operation] | undefined {
  const [first] = reads;
  const other = first && reads.find((read) => stateOf(read) !== stateOf(first));
  return first && other && [first, other];
}

/** What a read showed; the order of a set's elements does not matter. */
function stateOf({ invoke, completion }: Operation): ValueId {
  if (invoke.does !== 'list') return valueId(completion?.value);
  return JSON.stringify(elementsOf(completion?.value).map(valueId).sort());
}

/** The change that one of the reads does not show: the last one, or that of an element only one of them has. */
function causes({ updates }: Settled, one: Operation, other: Operation): readonly Operation[] {
  if (one.invoke.does !== 'list') return updates.slice(-1);
  const shownBy = (read: Operation) => new Set(elementsOf(read.completion?.value).map(valueId));
  const ofOne = shownBy(one);
  const ofOther = shownBy(other);
  const isOdd = (value: ValueId) => ofOne.has(value) !== ofOther.has(value);
  return updates.filter(({ invoke }) => isOdd(valueId(invoke.value))).slice(-1);
}

function workersOf(operations: readonly Operation[]): number {
  const seen = new Set<number>();
  for (const { completion } of operations) if (completion?.worker) seen.add(completion.worker.index);
  return seen.size;
}

const seenTwice = (reads: readonly Operation[], workers: number) =>
  reads.length > 1 && workersOf(reads) >= Math.min(2, workers);
