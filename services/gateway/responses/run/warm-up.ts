import type { ResponseEvent, ResponseObject } from '../events/response-event.ts';
import type { Recorder } from '../store/run-records.ts';
import { abandon } from './abandon.ts';
import type { ResponsesEngine } from './engine.ts';
import type { PreparedResponse } from './prepare.ts';

const noUsage = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
};

/** A response that says nothing, without asking the model: later turns go on from its input. Stored like any other. */
export async function* warmUp(
  engine: ResponsesEngine,
  prepared: PreparedResponse,
  recorder: Recorder,
): AsyncGenerator<ResponseEvent, void> {
  const { base } = prepared;
  try {
    await recorder.begin(base);
  } catch (cause) {
    await abandon(engine, prepared);
    throw cause;
  }
  const completedAt = Math.floor(Date.now() / 1_000);
  const response: ResponseObject = {
    ...base,
    status: 'completed',
    completed_at: completedAt,
    usage: noUsage,
  };
  const terminal = { type: 'response.completed', sequence_number: 2, response };
  // Ended first: there is nothing between that a client could leave in.
  await recorder.end(response, terminal);
  yield { type: 'response.created', sequence_number: 0, response: base };
  yield { type: 'response.in_progress', sequence_number: 1, response: base };
  yield terminal;
}
