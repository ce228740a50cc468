import type { ChatCompletion, ChatCompletionChunk, Usage } from '../../kit/chat-schema.ts';
import type { ArrivingBody } from '../../kit/http/arriving-body.ts';
import { boundedSignal } from '../../kit/http/call-signal.ts';
import { type OutcomeWatch, watchOutcome } from '../metrics/outcome-watch.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';
import { type AttemptFailure, failedAttempt } from './attempt-failure.ts';
import { Attempts } from './attempts.ts';
import { chatChunks } from './chat-stream.ts';
import { type ModelCall, type ModelPlane, upstreamRequest } from './model-call.ts';
import type { Route } from './route.ts';
import { sendUpstream } from './send-upstream.ts';
import { boundsOf, plainUpstreams } from './upstreams.ts';

const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Asks for a whole completion. An upstream that fails is replaced by another route of the model, if there is one.
 * Throws an OpenaiError, with the upstream's status and `retryAfter` if it refused.
 */
export async function completeChat(plane: ModelPlane, call: ModelCall): Promise<ChatCompletion> {
  using bounded = boundedSignal(call.signal, plane.requestTimeoutMs);
  const { signal } = bounded;
  const attempts = attemptsOf(plane, call, signal);
  return await attempts.run(async (route) => {
    const watch = watchOutcome(plane, route.upstream, call.target.model);
    try {
      const body = await send(plane, call, route, false, signal);
      const completion = completionOf(await body.bytes(maxAnswerBytes), route.upstream);
      watch.success(completion.usage);
      return completion;
    } catch (cause) {
      throw failed(watch, call, route.upstream, cause);
    }
  });
}

/**
 * Asks for a stream; resolves when an upstream has accepted. What the upstreams refuse is thrown at once, what breaks
 * later is thrown by the iterator: OpenaiErrors, both. A stream that breaks before its first chunk is replaced by
 * another route's. The iterator returns only after the upstream's `[DONE]`; leaving it early hangs up. The last chunk
 * before its end may have no choices and the `usage` of the call.
 */
export async function streamChat(
  plane: ModelPlane,
  call: ModelCall,
): Promise<AsyncGenerator<ChatCompletionChunk, void>> {
  const attempts = attemptsOf(plane, call, call.signal, true);
  const open = () =>
    attempts.run(async (route): Promise<OpenStream> => {
      const watch = watchOutcome(plane, route.upstream, call.target.model);
      try {
        return { route, watch, body: await send(plane, call, route, true, call.signal) };
      } catch (cause) {
        throw failed(watch, call, route.upstream, cause);
      }
    });
  return chunksOfFirst(attempts, call, await open(), open);
}

interface OpenStream {
  readonly route: Route;
  readonly watch: OutcomeWatch;
  readonly body: ArrivingBody;
}

async function* chunksOfFirst(
  attempts: Attempts,
  call: ModelCall,
  first: OpenStream,
  open: () => Promise<OpenStream>,
): AsyncGenerator<ChatCompletionChunk, void> {
  for (let stream = first; ; stream = await open()) {
    let begun = false;
    try {
      for await (const chunk of chunks(call, stream)) {
        begun = true;
        yield chunk;
      }
      await attempts.succeeded(stream.route);
      return;
    } catch (cause) {
      await attempts.failed(stream.route, cause, begun);
    }
  }
}

async function* chunks(
  call: ModelCall,
  { body, route, watch }: OpenStream,
): AsyncGenerator<ChatCompletionChunk, void> {
  let usage: Usage | undefined;
  let complete = false;
  try {
    for await (const chunk of chatChunks(body, route.upstream)) {
      watch.first();
      usage = chunk.usage ?? usage;
      yield chunk;
    }
    complete = true;
  } catch (cause) {
    throw failed(watch, call, route.upstream, cause);
  } finally {
    if (complete) {
      body.letEnd();
      watch.success(usage);
    } else {
      body.destroy();
      watch.cancelled();
    }
  }
}

function attemptsOf(
  { requestTimeoutMs, upstreams = plainUpstreams(requestTimeoutMs) }: ModelPlane,
  { target, log }: ModelCall,
  signal: AbortSignal,
  succeedsLater = false,
): Attempts {
  return new Attempts({ target, log, signal, upstreams, succeedsLater });
}

function send(
  plane: ModelPlane,
  call: ModelCall,
  route: Route,
  stream: boolean,
  signal: AbortSignal,
): Promise<ArrivingBody> {
  const { dispatcher, upstreams = plainUpstreams(plane.requestTimeoutMs) } = plane;
  return sendUpstream(upstreamRequest(call, route, stream), {
    dispatcher,
    signal,
    bounds: boundsOf(upstreams, route),
  });
}

/** What was thrown, told to the watch and ready for the attempts. */
function failed(watch: OutcomeWatch, call: ModelCall, who: string, cause: unknown): AttemptFailure {
  const failure = failedAttempt(cause, who);
  watch.failure(failure.error.statusCode, call.signal);
  return failure;
}

function completionOf(bytes: Buffer, who: string): ChatCompletion {
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(value?.choices) && value.choices.length > 0) return value;
  } catch {
    // Answered below: the text of an upstream's mistake is nothing for a client.
  }
  throw invalidAnswer(who);
}
