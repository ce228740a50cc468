/** One step in the life of a request, as the debug stream shows it. */
export interface DebugEvent {
  readonly request_id: string;
  readonly correlation_id: string;
  readonly timestamp: string;
  readonly type: string;
  readonly step: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Records the steps of one request. Never throws and never holds a request up: a lost event is only logged. */
export interface Trace {
  note(type: string, step: string, message: string, data?: Readonly<Record<string, unknown>>): void;
  /** The last step; resolves when all of them can be read through every worker (within a second). */
  end(type: string, step: string, message: string, data?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** For requests nobody debugs. */
export const noTrace: Trace = {
  note: () => undefined,
  end: () => Promise.resolve(),
};
