import type { ChatTool } from '../chat/chat-request.ts';
import type { ModelCallOfTool } from '../events/call-writer.ts';
import type { OutputWriter } from '../events/output-writer.ts';

/** A tool that the gateway runs for the model. */
export interface HostedTool {
  /** As the model sees it. */
  readonly tool: ChatTool;
  /**
   * Runs one call and writes its item and events. Yields where something may be sent; returns what the model is told. What
   * goes wrong with the tool is told to the model, and never thrown; only an abort of `signal` is.
   */
  run(call: ModelCallOfTool, out: OutputWriter, signal: AbortSignal): AsyncGenerator<void, string>;
}

/** The arguments of a call as an object; a model that wrote no JSON has given none. */
export function argumentsOf(call: ModelCallOfTool): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(call.arguments || '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
