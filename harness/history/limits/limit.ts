import { chatCallsOf, type Journal } from '../journal.ts';
import { invalid, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { mostWithin, type Span } from './most-within.ts';

export type LimitOptions =
  /** Requests per window that moves with time, or per window that begins every `windowMs` (counted from originMs). */
  | {
      readonly window: 'sliding' | 'fixed';
      readonly limit: number;
      readonly windowMs: number;
      /** For fixed windows: the beginning of any one of them, in milliseconds since the epoch, where that is known. */
      readonly originMs?: number;
    }
  /** At once: between acquire and release, or calls that are upstream at the same time. */
  | {
      readonly window: 'concurrent';
      readonly limit: number;
      /** After which something acquired is free again by itself. Default: never. */
      readonly leaseMs?: number;
    };

interface Held extends Span {
  readonly operations: readonly Operation[];
}

/**
 * A limit is broken for sure when more requests than allowed lie with both their ends within one window: wherever between
 * its ends each was decided. Two fixed windows of unknown beginning can lie in one window's length, so twice the limit is allowed there.
 */
export function limit(options: LimitOptions): Checker {
  const { window, limit: allowed } = options;
  const rule =
    window === 'concurrent'
      ? `At no time more than ${allowed} at once are admitted, over all workers together.`
      : `In no ${window} window of ${options.windowMs} ms more than ${allowed} requests are admitted, over all workers together.`;
  return {
    name: 'limit',
    rule,
    needs: [
      'requests (or acquires) that end ok when admitted and fail when refused, at least one of them refused',
    ],
    check(history, journal) {
      let counted = 0;
      for (const operations of timelineOf(history).keys) {
        const spans =
          window === 'concurrent' ? heldAtOnce(operations, journal, options.leaseMs) : admitted(operations);
        counted += spans.length;
        const over = window === 'concurrent' ? overlapping(spans, allowed) : within(spans, options);
        if (!over) continue;
        const reason = `${over.length} were admitted${window === 'concurrent' ? ' at once' : ` in ${options.windowMs} ms`}, ${allowed} are allowed`;
        return invalid('limit', { reason, operations: over.flatMap((span) => span.operations) }, counted);
      }
      return notFound('limit', counted);
    },
  };
}

function admitted(operations: readonly Operation[]): readonly Held[] {
  return operations.flatMap((operation) => {
    const { invoke, completion, outcome } = operation;
    if (invoke.does !== 'request' || outcome !== 'ok' || !completion) return [];
    return [{ from: invoke.at, to: completion.at, operations: [operation] }];
  });
}

function within(spans: readonly Held[], options: LimitOptions): readonly Held[] | undefined {
  if (options.window === 'concurrent') return undefined;
  const { window, limit: allowed, windowMs, originMs } = options;
  if (window === 'sliding') return mostWithin(spans, windowMs, allowed);
  if (originMs === undefined) return mostWithin(spans, windowMs, 2 * allowed);
  const windows = new Map<number, Held[]>();
  for (const span of spans) {
    const place = Math.floor((span.from - originMs) / windowMs);
    if (Math.floor((span.to - originMs) / windowMs) !== place) continue;
    const inWindow = windows.get(place) ?? [];
    windows.set(place, inWindow);
    if (inWindow.push(span) > allowed) return inWindow;
  }
  return undefined;
}

/** For how long each was surely held: upstream from arrival to its end, else from the end of acquire to the beginning of release. */
function heldAtOnce(
  operations: readonly Operation[],
  journal: Journal = [],
  leaseMs = Number.POSITIVE_INFINITY,
): readonly Held[] {
  const acquired = new Map<number, Operation>();
  const held: Held[] = [];
  for (const operation of operations) {
    const { invoke, completion, outcome } = operation;
    for (const { arrivedAt, completedAt, hungUpAt } of chatCallsOf(journal, invoke.op)) {
      const to = completedAt ?? hungUpAt;
      if (to !== undefined) held.push({ from: arrivedAt, to, operations: [operation] });
    }
    if (invoke.does === 'acquire' && outcome === 'ok' && completion) acquired.set(invoke.client, operation);
    const acquire = invoke.does === 'release' ? acquired.get(invoke.client) : undefined;
    if (!acquire) continue;
    acquired.delete(invoke.client);
    const from = acquire.completion?.at ?? Number.POSITIVE_INFINITY;
    const to = Math.min(invoke.at, from + leaseMs);
    if (from < to) held.push({ from, to, operations: [acquire] });
  }
  for (const acquire of acquired.values()) {
    const from = acquire.completion?.at ?? 0;
    held.push({ from, to: from + leaseMs, operations: [acquire] });
  }
  return held;
}

/** More than `allowed` spans that hold at one time; those that only touch do not. */
function overlapping(spans: readonly Held[], allowed: number): readonly Held[] | undefined {
  const open = new Set<Held>();
  const edges = spans.flatMap((span) => [
    { at: span.from, opens: true, span },
    { at: span.to, opens: false, span },
  ]);
  edges.sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens));
  for (const { opens, span } of edges) {
    if (!opens) open.delete(span);
    else if (open.add(span).size > allowed) return [...open];
  }
  return undefined;
}
