/** Kinds of debug events; `routing_decision` is baseline-cli's, `tool_call_complete` baseline-langchain's alone. */
export type DebugEventType =
  | 'request_received'
  | 'complexity_check_start'
  | 'complexity_check_keyword'
  | 'complexity_check_llm'
  | 'complexity_check_complete'
  | 'routing_decision'
  | 'fast_path_start'
  | 'fast_path_stream'
  | 'agent_path_start'
  | 'sandbox_init'
  | 'agent_thinking'
  | 'tool_call_start'
  | 'tool_call_complete'
  | 'response_complete'
  | 'client_gone'
  | 'error';

export interface DebugEvent {
  readonly request_id: string;
  readonly correlation_id: string;
  readonly timestamp: string;
  readonly type: DebugEventType;
  readonly step: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Records the steps of one request. Never throws and never holds a request up: a lost event is only logged. */
export interface Trace {
  note(type: DebugEventType, message: string, data?: Readonly<Record<string, unknown>>): void;
  /** The last step; resolves when all of them can be read through every worker, or after a second. */
  end(type: DebugEventType, message: string, data?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** For requests nobody debugs. */
export const noTrace: Trace = { note: () => undefined, end: () => Promise.resolve() };

/** Coarse phase of an event, for displays that group them. */
export function stepOf(type: DebugEventType): string {
  if (type.startsWith('complexity') || type === 'routing_decision') return 'routing';
  if (type === 'request_received') return 'receive';
  if (type.startsWith('fast_path')) return 'fast_path';
  return ['response_complete', 'client_gone', 'error'].includes(type) ? 'respond' : 'agent';
}
