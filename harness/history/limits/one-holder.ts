import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';

export interface HolderOptions {
  /** After which a lease that was not renewed is free. Default: never. */
  readonly ttlMs?: number;
  /** By how much clocks may differ. Default 1. */
  readonly inexactMs?: number;
}

/** A stretch in which somebody surely holds the lease. */
interface Hold {
  readonly holder: string;
  readonly from: number;
  to: number;
  readonly acquire: Operation;
}

/**
 * A lease has one holder at a time, and its fencing tokens grow from holder to holder. Source: Gray and Cheriton 1989; Kleppmann,
 * "How to do distributed locking" (2016).
 */
export function oneHolder({ ttlMs = Number.POSITIVE_INFINITY, inexactMs = 1 }: HolderOptions = {}): Checker {
  return {
    name: 'one-holder',
    rule: 'A lease is held by one at a time, and every next holder gets a greater fencing token.',
    needs: [
      'acquire (again to renew) and release with the lease as key; value names the holder where that is not the client',
      'somebody who asks for a lease that another holds, or fencing tokens (numbers) as the values of answers',
    ],
    check(history) {
      let counted = 0;
      let isTried = false;
      for (const operations of timelineOf(history).keys) {
        const holds = holdsOf(operations, ttlMs - inexactMs);
        counted += holds.length;
        const violation = twoAtOnce(holds) ?? wrongToken(holds);
        if (violation) return invalid('one-holder', violation, counted);
        isTried ||= wasTried(operations, holds);
      }
      const unmet = isTried || counted === 0 ? undefined : 'nobody asked for a lease that another held';
      return notFound('one-holder', counted, unmet, 'no lease was given');
    },
  };
}

const holderOf = ({ invoke }: Operation): string =>
  invoke.value === undefined ? `client ${invoke.client}` : String(valueId(invoke.value));

/**
 * From the answer of each acquire to the beginning of the holder's next release, or to the end of the lease, which ran from the
 * moment in which it was asked for at the earliest. A release that was refused or not answered may have freed it, too.
 */
function holdsOf(operations: readonly Operation[], leaseMs: number): readonly Hold[] {
  const holds: Hold[] = [];
  const open = new Map<string, Hold[]>();
  const releases = new Map<string, Operation[]>();
  for (const operation of operations) {
    const { invoke, completion, outcome } = operation;
    const holder = holderOf(operation);
    if (invoke.does === 'release') {
      // What is acquired while a release goes on may be what it frees: that is left out below.
      releases.set(holder, [...(releases.get(holder) ?? []), operation]);
      for (const hold of open.get(holder) ?? []) hold.to = Math.min(hold.to, invoke.at);
      open.delete(holder);
    }
    if (invoke.does !== 'acquire' || outcome !== 'ok' || !completion) continue;
    const isLate = releases.get(holder)?.some((release) => release.end > operation.start) ?? false;
    const hold = { holder, from: completion.at, to: invoke.at + leaseMs, acquire: operation };
    holds.push(isLate ? { ...hold, to: hold.from } : hold);
    if (!isLate) open.set(holder, [...(open.get(holder) ?? []), hold]);
  }
  return holds;
}

function twoAtOnce(holds: readonly Hold[]): Violation | undefined {
  const byStart = holds.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from);
  // The two that reach farthest, of different holders: one of them is another's than the next.
  let farthest: Hold | undefined;
  let other: Hold | undefined;
  for (const hold of byStart) {
    const before = [farthest, other].find(
      (each) => each && each.holder !== hold.holder && each.to > hold.from,
    );
    if (before) {
      const reason = `${named(hold.acquire)} was given what ${named(before.acquire)} still held`;
      return { reason, operations: [before.acquire, hold.acquire] };
    }
    if (!farthest || hold.to >= farthest.to) {
      if (farthest && farthest.holder !== hold.holder) other = farthest;
      farthest = hold;
    } else if (hold.holder !== farthest.holder && (!other || hold.to > other.to)) other = hold;
  }
  return undefined;
}

/** A token that is not greater than one that another holder had been given before it was asked for. */
function wrongToken(holds: readonly Hold[]): Violation | undefined {
  const given = holds.flatMap((hold) => {
    const token = hold.acquire.completion?.value;
    return typeof token === 'number' ? [{ ...hold, token }] : [];
  });
  const byEnd = [...given].sort((a, b) => a.acquire.end - b.acquire.end);
  let next = 0;
  let greatest: (typeof given)[number] | undefined;
  let other: (typeof given)[number] | undefined;
  for (const hold of [...given].sort((a, b) => a.acquire.start - b.acquire.start)) {
    for (let each = byEnd[next]; each && each.acquire.end < hold.acquire.start; each = byEnd[++next]) {
      if (!greatest || each.token >= greatest.token) {
        if (greatest && greatest.holder !== each.holder) other = greatest;
        greatest = each;
      } else if (each.holder !== greatest.holder && (!other || each.token > other.token)) other = each;
    }
    const before = [greatest, other].find(
      (each) => each && each.holder !== hold.holder && each.token >= hold.token,
    );
    if (!before) continue;
    const reason = `${named(hold.acquire)} was given token ${hold.token} after ${named(before.acquire)} had got ${before.token}`;
    return { reason, operations: [before.acquire, hold.acquire] };
  }
  return undefined;
}

function wasTried(operations: readonly Operation[], holds: readonly Hold[]): boolean {
  const hasTokens = holds.filter(({ acquire }) => typeof acquire.completion?.value === 'number').length > 1;
  if (hasTokens && new Set(holds.map(({ holder }) => holder)).size > 1) return true;
  const byStart = [...holds].sort((a, b) => a.from - b.from);
  let begun = 0;
  return operations.some((operation) => {
    const { invoke } = operation;
    if (invoke.does !== 'acquire') return false;
    while ((byStart[begun]?.from ?? Number.POSITIVE_INFINITY) <= invoke.at) begun += 1;
    const own = holderOf(operation);
    // Those that began last: of what is held by one at a time, no other can still be.
    return byStart
      .slice(Math.max(0, begun - 2), begun)
      .some(({ holder, to }) => holder !== own && invoke.at < to);
  });
}
