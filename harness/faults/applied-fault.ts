import type { JsonRecord } from '../plan/json.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { ScopeClient } from '../workers/client.ts';

/** A fault that has fired. */
export interface AppliedFault {
  /** What shows that it fired. */
  readonly proof: JsonRecord;
  /** Ends it; resolves when the service is as it was, at the latest after a bound. Harmless when it has ended by itself. */
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
