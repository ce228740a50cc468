import type { Disturbance, JournalEntry } from '../history/journal.ts';
import type { StreamEffect, StreamFault } from '../plan/fault.ts';
import type { JsonRecord } from '../plan/json.ts';

/**
 * The directive (stubs/README.md) that makes the scripted provider do this to the answer; undefined for effects that
 * only the wire has.
 */
export function providerDirective({ through, effect }: StreamFault): string | undefined {
  if (through !== 'provider') return undefined;
  switch (effect.kind) {
    case 'cut':
      if (!('afterFrames' in effect) || effect.by === 'rst') return undefined;
      return effect.by === 'silence' ? `stall=${effect.afterFrames}` : `cut=${effect.afterFrames}`;
    case 'end':
      return `end=${effect.afterFrames}`;
    case 'status':
      return effect.retryAfterS === undefined
        ? `status=${effect.status}`
        : `status=${effect.status} retry_after=${effect.retryAfterS}`;
    case 'slow-first-token':
      return `ttft=${effect.delayMs}`;
    default:
      return undefined;
  }
}

/** What the provider did, and when: milliseconds since the epoch. */
export interface FiredAtProvider {
  readonly proof: JsonRecord;
  readonly at: number;
  readonly overAt: number | undefined;
}

/** What the provider wrote down of obeying the directive, first time; undefined when it did not. */
export function firedAtProvider(
  { effect }: StreamFault,
  entries: readonly JournalEntry[],
): FiredAtProvider | undefined {
  for (const { disturbed = [], completedAt, hungUpAt } of entries) {
    const did = disturbed.find((what) => isItsWork(effect, what));
    if (!did) continue;
    const { at, ...seen } = did;
    return { proof: seen, at, overAt: did.kind === 'stall' ? (hungUpAt ?? completedAt) : at };
  }
  return undefined;
}

/** Each effect has evidence of its own: a refusal that the provider meant otherwise proves nothing, nor does a late answer. */
function isItsWork(effect: StreamEffect, { kind, status, waitedMs = 0 }: Disturbance): boolean {
  switch (effect.kind) {
    case 'cut':
      return kind === (effect.by === 'silence' ? 'stall' : 'cut');
    case 'end':
      return kind === 'end';
    case 'status':
      return kind === 'status' && status === effect.status;
    case 'slow-first-token':
      // Timers count whole milliseconds.
      return kind === 'slow-first-token' && waitedMs >= effect.delayMs - 1;
    default:
      return false;
  }
}
