import type { Operation } from '../timeline.ts';
import type { Span } from './most-within.ts';

/** One request, between whose ends it was decided. An operation that asked for several stands for each of them. */
export interface Placed extends Span {
  readonly operations: readonly Operation[];
}

/** The requests of one key. */
export interface Requests {
  readonly admitted: readonly Placed[];
  /** May have been admitted: what was, what had no answer, and what failed for another reason than the limit. */
  readonly possible: readonly Placed[];
  readonly refused: readonly Placed[];
  /** When each was sent, refused ones too. Ascending. */
  readonly askedAt: readonly number[];
}

/**
 * Takes the requests of a key apart. Each lies between its ends, or as much beside them as clocks may be wrong. Of an operation
 * that asks `value` times, the answer's value tells how often it was admitted.
 */
export function requestsOf(operations: readonly Operation[], inexactMs: number): Requests {
  const admitted: Placed[] = [];
  const unanswered: Placed[] = [];
  const refused: Placed[] = [];
  const askedAt: number[] = [];
  for (const operation of operations) {
    const { invoke, completion, outcome } = operation;
    if (invoke.does !== 'request') continue;
    const asked = typeof invoke.value === 'number' ? invoke.value : 1;
    const told = typeof completion?.value === 'number' ? completion.value : asked;
    const went = outcome === 'ok' ? Math.min(told, asked) : 0;
    const to = outcome === 'unknown' ? Number.POSITIVE_INFINITY : (completion?.at ?? invoke.at) + inexactMs;
    const from = invoke.at - inexactMs;
    for (let count = 0; count < asked; count += 1) {
      const placed = { from, to, operations: [operation] };
      askedAt.push(invoke.at);
      if (outcome === 'unknown') unanswered.push(placed);
      else if (count < went) admitted.push(placed);
      else if (isRefusal(operation)) refused.push(placed);
      else unanswered.push(placed);
    }
  }
  return { admitted, possible: [...admitted, ...unanswered], refused, askedAt };
}

/** Refused by a limit, as far as the status says; a request that failed for another reason says nothing about it. */
function isRefusal({ completion, outcome }: Operation): boolean {
  const status = completion?.status;
  return outcome === 'ok' || status === undefined || status === 429 || status === 503;
}

/** Whether more requests were sent within a window than are allowed. Without that nothing was there to refuse. */
export function tries({ askedAt }: Requests, lengthMs: number, allowed: number): boolean {
  return askedAt.some((at, place) => {
    const last = askedAt[place + allowed];
    return last !== undefined && last - at < lengthMs;
  });
}
