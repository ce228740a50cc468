import { setTimeout as delay } from 'node:timers/promises';
import { type OpenaiError, toOpenaiError } from '../../../kit/openai-error.ts';
import { ResponseAssembly } from '../events/response-assembly.ts';
import type { ResponseEvent, ResponseFailure, ResponseObject } from '../events/response-event.ts';
import type { Recorder } from '../store/run-records.ts';
import { abandon } from './abandon.ts';
import type { ResponseCaller, ResponsesEngine } from './engine.ts';
import { newId } from './new-id.ts';
import type { PreparedResponse } from './prepare.ts';
import { type Pieces, Rounds } from './rounds.ts';

export interface RunOptions {
  readonly recorder: Recorder;
  /** Ask the upstream for a stream; else for a whole completion, whose events then come at once. */
  readonly stream: boolean;
  /** How long to wait for the upstream before the first event: until then a refusal keeps its status. */
  readonly waitMs: number;
}

/**
 * The events of a response as they happen. What fails before the first event is thrown by the first `next()`, as an
 * OpenaiError with the upstream's status; later failures are `response.failed`. Exactly one terminal event comes, last, and
 * only once the response is stored. Leaving early, or an abort of the caller's signal, hangs up on the upstream and ends
 * the response as `cancelled`.
 */
export async function* runResponse(
  engine: ResponsesEngine,
  prepared: PreparedResponse,
  caller: ResponseCaller,
  { recorder, stream, waitMs }: RunOptions,
): AsyncGenerator<ResponseEvent, void> {
  const { base, request } = prepared;
  const left = new AbortController();
  const signal = AbortSignal.any([caller.signal, engine.cutOff, left.signal]);
  const summary =
    request.fields.reasoning?.summary ?? request.fields.reasoning?.generate_summary ?? undefined;
  const rounds = new Rounds(engine, prepared, caller, { signal, stream });
  const assembly = new ResponseAssembly(base, { newId, summary, isHosted: rounds.isHosted });
  engine.running.add(base.id);
  let begun = false;
  let ended = false;
  const end = async (events: readonly ResponseEvent[]): Promise<ResponseEvent | undefined> => {
    ended = true;
    const terminal = events.at(-1) as ResponseEvent;
    return recorded(recorder, terminal, caller);
  };
  try {
    // What the servers of the request offer has to be known first, and that is told by events.
    let opening = prepared.toolbox.servers.length === 0 ? accepted(rounds.ask()) : undefined;
    if (waitMs > 0) await Promise.race([opening, delay(waitMs, undefined, { signal: left.signal })]);
    await recorder.begin(assembly.snapshot('in_progress'));
    begun = true;
    yield* assembly.begin();
    let events: readonly ResponseEvent[];
    try {
      yield* rounds.listServers(assembly);
      for (;;) {
        opening ??= accepted(rounds.ask());
        for await (const piece of await opening) yield* assembly.push(piece);
        const turn = assembly.endTurn();
        yield* assembly.out.take();
        if (turn.hostedCalls.length > 0 && !turn.isCut) yield* rounds.runCalls(turn, assembly);
        if (turn.isLast || turn.hostedCalls.length === 0) break;
        opening = undefined;
      }
      events = assembly.complete(Math.floor(Date.now() / 1_000));
    } catch (cause) {
      const gone = caller.signal.aborted && !engine.cutOff.aborted;
      events = gone ? assembly.cancel() : assembly.fail(failureOf(toOpenaiError(cause)));
    }
    yield* events.slice(0, -1);
    const terminal = await end(events);
    if (terminal) yield terminal;
  } finally {
    left.abort();
    if (!begun) await abandon(engine, prepared);
    else if (!ended) await end(assembly.cancel());
    engine.running.delete(base.id);
  }
}

/** The failure of a request is looked at where its answer is; until then it is nobody's. */
function accepted(opening: Promise<Pieces>): Promise<Pieces> {
  opening.catch(() => undefined);
  return opening;
}

/**
 * Stores the end of a response and returns the event to show for it: the terminal event, or a failure in its place when
 * nothing could be stored; a run that is no longer the response's own has nothing to show.
 */
async function recorded(
  recorder: Recorder,
  terminal: ResponseEvent,
  { log }: ResponseCaller,
): Promise<ResponseEvent | undefined> {
  const response = terminal.response as ResponseObject;
  let message = 'The response was ended by another worker.';
  try {
    if (await recorder.end(response, terminal)) return terminal;
  } catch (err) {
    log.error({ err, response: response.id }, 'response not stored');
    message = 'The response could not be stored.';
  }
  const failed = { ...response, status: 'failed', completed_at: null, incomplete_details: null };
  const error: ResponseFailure = { code: 'server_error', message };
  return { ...terminal, type: 'response.failed', response: { ...failed, error } };
}

/** The API's closed list of codes; which of ours it was stays in the message. */
export function failureOf({ statusCode, body }: OpenaiError): ResponseFailure {
  if (statusCode === 429) return { code: 'rate_limit_exceeded', message: body.error.message };
  const isPrompt = statusCode === 400 && body.error.type === 'invalid_request_error';
  return { code: isPrompt ? 'invalid_prompt' : 'server_error', message: body.error.message };
}
