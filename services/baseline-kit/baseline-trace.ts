import type { Trace } from '../kit/debug/trace.ts';

/** Kinds of debug events; `routing_decision` is baseline-cli's, `tool_call_complete` baseline-langchain's alone. */
export type DebugEventType =
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

/** The steps of one request of a baseline; see {@link Trace}. */
export interface BaselineTrace {
  note(type: DebugEventType, message: string, data?: Readonly<Record<string, unknown>>): void;
  end(type: DebugEventType, message: string, data?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A trace to which each kind of event gives its own step. */
export function baselineTrace(trace: Trace): BaselineTrace {
  return {
    note: (type, message, data) => trace.note(type, stepOf(type), message, data),
    end: (type, message, data) => trace.end(type, stepOf(type), message, data),
  };
}

/** Coarse phase of an event, for displays that group them. */
function stepOf(type: DebugEventType): string {
  if (type.startsWith('complexity') || type === 'routing_decision') return 'routing';
  if (type.startsWith('fast_path')) return 'fast_path';
  return ['response_complete', 'client_gone', 'error'].includes(type) ? 'respond' : 'agent';
}
