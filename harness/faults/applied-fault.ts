import type { JsonRecord } from '../plan/json.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { ScopeClient } from '../workers/client.ts';

/** What a fault did, and when: milliseconds since the epoch. */
export interface Fired {
  readonly firedAt: number;
  /** What shows that it fired; undefined when nothing does, and `reason` says why. */
  readonly proof?: JsonRecord;
  readonly reason?: string;
}

/** A fault that was applied. */
export interface AppliedFault extends Fired {
  /** Resolves when the service is as it was, whoever ended the fault. */
  readonly reverted: Promise<void>;
  /** Ends it, unless it has ended by itself; resolves or fails with `reverted`. */
  revert(): Promise<void>;
}

/** What faults are applied to. */
export interface FaultTarget {
  readonly record: StackRecord;
  readonly scope?: ScopeClient;
}

/** A fault that cannot be applied here; the run goes on without it and is reported as vacuous. */
export class FaultUnsupported extends Error {
  override readonly name = 'FaultUnsupported';
}

/**
 * A fault that ends by itself when its time is over.
 * @param end brings back what was there before; called once
 */
export function bounded(fired: Fired, revertAfterMs: number, end: () => Promise<void>): AppliedFault {
  let begin = (): void => undefined;
  const reverted = new Promise<void>((resolve) => {
    begin = resolve;
  }).then(end);
  // Whoever calls `revert` is told; until then nobody listens.
  reverted.catch(() => undefined);
  const timer = setTimeout(begin, revertAfterMs);
  return {
    ...fired,
    reverted,
    revert: () => {
      clearTimeout(timer);
      begin();
      return reverted;
    },
  };
}
