import { chatCallsOf, type Journal, type JournalEntry } from '../journal.ts';
import type { Operation } from '../timeline.ts';
import type { ConcurrentOptions } from './limit-options.ts';
import type { Span } from './most-within.ts';
import type { Placed } from './requests.ts';

/** What is held of one key. */
export interface Holds {
  readonly surely: readonly Placed[];
  readonly perhaps: readonly Span[];
  /** From when each wanted to hold something until it surely did no longer. */
  readonly wanted: readonly Span[];
  readonly refused: readonly Placed[];
}

const never = Number.POSITIVE_INFINITY;

/**
 * For how long each was held: surely, from the end of acquire to the beginning of release, or while the call was upstream;
 * perhaps, from the beginning of acquire to the end of release.
 */
export function holdsOf(
  operations: readonly Operation[],
  journal: Journal,
  { leaseMs = never, inexactMs = 1 }: ConcurrentOptions,
): Holds {
  const taken = operations.filter(({ invoke, outcome }) => invoke.does === 'acquire' && outcome !== 'fail');
  const { untilOf, goneAt } = releasesOf(operations);
  const surely: Placed[] = [];
  const perhaps: Span[] = [];
  const wanted: Span[] = [];
  for (const acquire of taken) {
    const { invoke, completion, outcome } = acquire;
    // A lease runs from when it was given, which was before the answer.
    const to = Math.min(untilOf.get(acquire) ?? never, invoke.at + leaseMs - inexactMs);
    if (outcome === 'ok' && completion && completion.at < to)
      surely.push({ from: completion.at, to, operations: [acquire] });
    const answeredAt = outcome === 'ok' ? (completion?.at ?? never) : never;
    const gone = goneAt.get(acquire) ?? never;
    perhaps.push({ from: invoke.at, to: Math.min(gone, answeredAt + leaseMs + inexactMs) });
    wanted.push({ from: invoke.at, to });
  }
  for (const operation of operations) {
    const { invoke, completion } = operation;
    if (invoke.does !== 'call') continue;
    wanted.push({ from: invoke.at, to: completion?.at ?? never });
    for (const call of chatCallsOf(journal, invoke.op)) {
      const to = surelyUntil(call, operation);
      if (call.arrivedAt < to) surely.push({ from: call.arrivedAt, to, operations: [operation] });
    }
  }
  const refused = operations.flatMap((operation): readonly Placed[] => {
    const { invoke, completion, outcome } = operation;
    if (invoke.does !== 'acquire' || outcome !== 'fail' || !completion) return [];
    return [{ from: invoke.at, to: completion.at, operations: [operation] }];
  });
  return { surely, perhaps, wanted, refused };
}

/**
 * Until when each acquire is surely held, and when it is surely gone. A release may free anything that its client holds; of a
 * client that holds nothing, anything at all.
 */
function releasesOf(operations: readonly Operation[]) {
  const untilOf = new Map<Operation, number>();
  const goneAt = new Map<Operation, number>();
  let open: Operation[] = [];
  for (const operation of operations) {
    const { invoke, completion, outcome } = operation;
    if (invoke.does === 'acquire' && outcome !== 'fail') open.push(operation);
    if (invoke.does !== 'release') continue;
    const isBefore = (acquire: Operation) => acquire.answered < operation.start;
    const own = open.filter((each) => each.invoke.client === invoke.client && isBefore(each));
    const freed = new Set(own.length > 0 ? own : open.filter(isBefore));
    for (const acquire of freed) untilOf.set(acquire, invoke.at);
    open = open.filter((acquire) => !freed.has(acquire));
    const [only] = own;
    if (only && own.length === 1 && outcome === 'ok' && completion) goneAt.set(only, completion.at);
  }
  return { untilOf, goneAt };
}

/**
 * Until when the proxy surely held the call. Who hangs up, and when it was told to, stands in no journal: the other side has
 * freed the place by the time the provider notices. So a call that was cut counts until its client hung up, and not at all where
 * that is not known. The same holds when the answer did not reach the client: its worker may be gone.
 */
function surelyUntil(call: JournalEntry, { completion, outcome }: Operation): number {
  const abortedAt = completion?.abortedAt;
  if (abortedAt !== undefined) return Math.min(abortedAt, call.completedAt ?? never);
  return outcome === 'unknown' ? call.arrivedAt : (call.completedAt ?? call.arrivedAt);
}

/** More than `allowed` spans that hold at one time; those that only touch do not. */
export function overlapping<T extends Span>(spans: readonly T[], allowed: number): readonly T[] | undefined {
  const open = new Set<T>();
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

/** Whether more than `allowed` spans hold at one time: the same without saying which, and sooner. */
export function areOver(spans: readonly Span[], allowed: number): boolean {
  const starts = Float64Array.from(spans, ({ from }) => from).sort();
  const ends = Float64Array.from(spans, ({ to }) => to).sort();
  let ended = 0;
  return starts.some((start, begun) => {
    while ((ends[ended] ?? start) < start || ends[ended] === start) ended += 1;
    return begun + 1 - ended > allowed;
  });
}
