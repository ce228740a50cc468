import type { FastifyReply } from 'fastify';
import { boundedSignal } from '../../kit/http/call-signal.ts';
import { clientGone } from '../../kit/http/client-gone.ts';
import { openEventStream } from '../../kit/http/sse.ts';
import { within } from '../../kit/http/within.ts';
import { type OpenaiError, openaiError, toOpenaiError } from '../../kit/openai-error.ts';
import type { Answer, AnswerEvent } from './answer-event.ts';
import { chunksOf } from './chunks.ts';
import { collectCompletion, type Identity } from './completion.ts';

export interface AnswerOptions {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly identity: Identity;
  readonly keepAliveMs: number;
  /** How long a stream waits for its first piece before it commits to 200: until then a failure keeps its status. */
  readonly commitMs: number;
  readonly timeoutMs: number;
  /** Begins the work; `signal` aborts when the client goes or the time is over. */
  readonly begin: (signal: AbortSignal) => Promise<Answer>;
}

export type AnswerOutcome =
  | { readonly kind: 'complete'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: OpenaiError; readonly cause: unknown }
  | { readonly kind: 'client_gone' };

type Settle = (outcome: AnswerOutcome) => Promise<void>;

/**
 * Answers a chat request as JSON or as a stream and tells how that went; never throws for what happens on the way.
 * A failure becomes its own HTTP status, and the last frame (no `[DONE]`) of a stream that has begun.
 * @param onSettled called once, and awaited before the client sees the end of the answer
 */
export async function answerChat(
  reply: FastifyReply,
  options: AnswerOptions,
  onSettled: Settle,
): Promise<void> {
  let settled = false;
  const settle: Settle = async (outcome) => {
    if (settled) return;
    settled = true;
    await onSettled(outcome);
  };
  if (options.stream) await answerStream(reply, options, settle);
  else await answerJson(reply, options, settle);
}

async function answerJson(reply: FastifyReply, options: AnswerOptions, settle: Settle): Promise<void> {
  const gone = clientGone(reply.raw);
  using bounded = boundedSignal(gone, options.timeoutMs, () => tooLate(options.timeoutMs));
  const { signal } = bounded;
  try {
    const completion = await collectCompletion(await options.begin(signal), options.identity);
    await settle({ kind: 'complete', text: completion.choices[0]?.message.content ?? '' });
    await reply.send(completion);
  } catch (cause) {
    await answerFailure(reply, outcomeOf(cause, gone, signal), settle);
  }
}

async function answerStream(reply: FastifyReply, options: AnswerOptions, settle: Settle): Promise<void> {
  const { keepAliveMs, commitMs, timeoutMs, identity, includeUsage, begin } = options;
  const left = clientGone(reply.raw);
  using bounded = boundedSignal(left, timeoutMs, () => tooLate(timeoutMs));
  const { signal } = bounded;
  const beginning = begin(signal).then(begun);
  try {
    await within(beginning, commitMs);
  } catch (cause) {
    await answerFailure(reply, outcomeOf(cause, left, signal), settle);
    return;
  }
  const client = openEventStream(reply, { keepAliveMs, stallTimeoutMs: timeoutMs });
  let text = '';
  const heard = (event: AnswerEvent) => {
    if (event.kind === 'content') text += event.text;
  };
  try {
    const answer = await beginning;
    for await (const data of chunksOf(
      { ...answer, events: tapped(answer.events, heard) },
      identity,
      includeUsage,
    )) {
      if (data === '[DONE]') await settle({ kind: 'complete', text });
      await client.send(data);
    }
  } catch (cause) {
    const outcome = outcomeOf(cause, left, signal);
    await settle(outcome);
    if (outcome.kind === 'failed') await client.send(outcome.error.body).catch(() => undefined);
  }
  client.end();
}

/** Nothing is sent yet: the failure is the answer, unless nobody is there to read it. */
async function answerFailure(reply: FastifyReply, outcome: AnswerOutcome, settle: Settle): Promise<void> {
  await settle(outcome);
  if (outcome.kind !== 'failed') {
    reply.hijack();
    return;
  }
  const { statusCode, body, retryAfter } = outcome.error;
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  await reply.code(statusCode).send(body);
}

function outcomeOf(cause: unknown, gone: AbortSignal, signal: AbortSignal): AnswerOutcome {
  if (gone.aborted) return { kind: 'client_gone' };
  // Libraries throw errors of their own for an abort; what was meant is its reason.
  const meant = signal.aborted ? signal.reason : cause;
  return { kind: 'failed', error: toOpenaiError(meant), cause: meant };
}

/** The answer once its first piece is there. @throws what the answer throws before that */
async function begun(answer: Answer): Promise<Answer> {
  const events = answer.events[Symbol.asyncIterator]();
  const first = await events.next();
  return { ...answer, events: joined(first, events) };
}

async function* joined(first: IteratorResult<AnswerEvent>, rest: AsyncIterator<AnswerEvent>) {
  try {
    for (let piece = first; piece.done !== true; piece = await rest.next()) yield piece.value;
  } finally {
    await rest.return?.();
  }
}

async function* tapped(events: AsyncIterable<AnswerEvent>, heard: (event: AnswerEvent) => void) {
  for await (const event of events) {
    heard(event);
    yield event;
  }
}

function tooLate(ms: number): OpenaiError {
  return openaiError(504, `No complete answer within ${ms / 1000} s.`, 'server_error', 'request_timeout');
}
