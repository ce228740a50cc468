import type { JournalEntry } from '../history/journal.ts';
import type { StreamFault } from '../plan/fault.ts';
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

/** What in the journal shows that the directive was obeyed; undefined when nothing does. */
export function firedAtProvider(
  { effect }: StreamFault,
  entries: readonly JournalEntry[],
): JsonRecord | undefined {
  for (const { status, arrivedAt, completedAt, hungUpAt, fault } of entries) {
    if (effect.kind === 'status' && status === effect.status) return { status };
    if (effect.kind === 'slow-first-token') {
      const tookMs = (completedAt ?? hungUpAt ?? arrivedAt) - arrivedAt;
      // The provider's timers count whole milliseconds.
      if (tookMs >= effect.delayMs - 1) return { tookMs };
    }
    if (fault && effect.kind !== 'status') return { fault: fault.kind };
  }
  return undefined;
}
