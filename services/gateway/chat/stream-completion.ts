import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { type EventStream, openEventStream } from '../../kit/http/sse.ts';
import { within } from '../../kit/http/within.ts';
import type { OpenaiError } from '../../kit/openai-error.ts';
import type { Settings } from '../settings.ts';
import { connectionFailure } from '../upstream/upstream-failure.ts';
import { type ChatCall, type Opened, openCall } from './chat-call.ts';
import { answerRefusal } from './json-completion.ts';
import { errorFrame, type RelayOutcome, SseRelay, type StreamFailure } from './sse-relay.ts';

interface Relayed {
  readonly frames: number;
  readonly outcome: RelayOutcome | { readonly kind: 'client_gone' };
}

/** Answers with the competitor's stream; see {@link SseRelay} for what passes and how it ends. */
export async function answerStream(
  call: ChatCall,
  reply: FastifyReply,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  settings: Settings,
): Promise<void> {
  const opening = openCall(call, dispatcher, signal);
  const inTime = await within(opening, settings.streamCommitMs);
  if (inTime?.kind === 'refused') return answerRefusal(call, reply, inTime.error);

  const client = openEventStream(reply, {
    keepAliveMs: settings.keepAliveMs,
    stallTimeoutMs: settings.requestTimeoutMs,
  });
  if (inTime === undefined) client.comment('ping');
  const opened = inTime ?? (await opening);
  const relayed =
    opened.kind === 'open'
      ? await relay(opened, client, signal, call.target.model, () =>
          call.trace.note('first_chunk', 'stream', 'The first bytes were passed on.'),
        )
      : await refuseLate(opened.error, client);
  await report(call, relayed);
  client.end();
}

/** Moves the bytes at the client's pace until the stream is over, one way or another. */
async function relay(
  { body, watch }: Extract<Opened, { kind: 'open' }>,
  client: EventStream,
  signal: AbortSignal,
  who: string,
  onFirstBytes: () => void,
): Promise<Relayed> {
  const machine = new SseRelay();
  let step = machine.push(Buffer.alloc(0));
  let passedOn = false;
  const pass = async () => {
    if (machine.frames > 0) watch.first();
    // Counted before the client sees the end, so that it finds it counted.
    if (step.outcome?.kind === 'complete') watch.success(machine.usage);
    else if (step.outcome) watch.failure(502, signal);
    if (step.out.length === 0) return;
    await client.write(step.out);
    if (!passedOn) onFirstBytes();
    passedOn = true;
  };
  try {
    try {
      for await (const chunk of body) {
        step = machine.push(chunk);
        await pass();
        if (step.outcome) break;
      }
      if (!step.outcome) {
        step = machine.end();
        await pass();
      }
    } catch (cause) {
      if (client.aborted.aborted) throw cause;
      step = machine.fail(failureOf(connectionFailure(cause, who)));
      await pass();
    }
  } catch {
    body.destroy();
    watch.cancelled();
    return { frames: machine.frames, outcome: { kind: 'client_gone' } };
  }
  const outcome = step.outcome ?? { kind: 'complete' };
  if (outcome.kind === 'complete') body.letEnd();
  else body.destroy();
  return { frames: machine.frames, outcome };
}

/** The status is sent already: the refusal is the only frame. */
async function refuseLate(error: OpenaiError, client: EventStream): Promise<Relayed> {
  const failure = failureOf(error);
  try {
    await client.write(errorFrame(failure));
    return { frames: 0, outcome: { kind: 'failed', failure } };
  } catch {
    return { frames: 0, outcome: { kind: 'client_gone' } };
  }
}

async function report({ target, log, trace }: ChatCall, { frames, outcome }: Relayed): Promise<void> {
  const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
  const level = outcome.kind === 'complete' || outcome.kind === 'client_gone' ? 'info' : 'warn';
  log[level]({ model: target.model, frames, outcome: outcome.kind, code: failure?.code }, 'stream ended');
  if (outcome.kind === 'complete') {
    await trace.end('response_complete', 'respond', 'The whole stream was passed on.', { frames });
  } else if (outcome.kind === 'client_gone') {
    await trace.end('client_gone', 'respond', 'The client closed the stream.', { frames });
  } else {
    await trace.end('error', 'respond', failure?.message ?? 'The upstream reported an error.', { frames });
  }
}

function failureOf({ body }: OpenaiError): StreamFailure {
  const { message, type, code } = body.error;
  return { message, type, code: code ?? 'upstream_error' };
}
