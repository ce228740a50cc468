import type { FastifyReply } from 'fastify';
import { clientGone } from '../../kit/client-gone.ts';
import { type OpenaiError, openaiError, toOpenaiError } from '../../kit/openai-error.ts';
import { openEventStream } from '../../kit/sse.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { Answer, AnswerEvent } from './answer-event.ts';
import { chunksOf } from './chunks.ts';
import { collectCompletion, type Identity } from './completion.ts';

export interface AnswerOptions {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly identity: Identity;
  readonly keepAliveMs: number;
  readonly timeoutMs: number;
  /** Begins the work; `signal` aborts when the client goes or the time is over. */
  readonly begin: (signal: AbortSignal) => Promise<Answer>;
}

export type AnswerOutcome =
  | { readonly kind: 'complete'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: OpenaiError; readonly cause: unknown }
  | { readonly kind: 'client_gone' };

/**
 * Answers a chat request as JSON or as a stream and tells how that went; never throws for what happens on the way.
 * A failure becomes its own HTTP status in JSON, and the last frame (no `[DONE]`) of a stream.
 * @param onSettled awaited before the client sees the end of the answer
 */
export async function answerChat(
  reply: FastifyReply,
  options: AnswerOptions,
  onSettled: (outcome: AnswerOutcome) => Promise<void>,
): Promise<void> {
  if (options.stream) await answerStream(reply, options, onSettled);
  else await answerJson(reply, options, onSettled);
}

async function answerJson(
  reply: FastifyReply,
  options: AnswerOptions,
  onSettled: (outcome: AnswerOutcome) => Promise<void>,
): Promise<void> {
  const gone = clientGone(reply.raw);
  using deadline = timeout(options.timeoutMs);
  const signal = AbortSignal.any([gone, deadline.signal]);
  try {
    const completion = await collectCompletion(await options.begin(signal), options.identity);
    await onSettled({ kind: 'complete', text: completion.choices[0]?.message.content ?? '' });
    await reply.send(completion);
  } catch (cause) {
    const outcome = outcomeOf(cause, gone, signal);
    await onSettled(outcome);
    if (outcome.kind !== 'failed') {
      reply.hijack();
      return;
    }
    if (outcome.error instanceof UpstreamError && outcome.error.retryAfter !== undefined) {
      reply.header('retry-after', outcome.error.retryAfter);
    }
    await reply.code(outcome.error.statusCode).send(outcome.error.body);
  }
}

async function answerStream(
  reply: FastifyReply,
  options: AnswerOptions,
  onSettled: (outcome: AnswerOutcome) => Promise<void>,
): Promise<void> {
  const { keepAliveMs, timeoutMs, identity, includeUsage, begin } = options;
  const client = openEventStream(reply, { keepAliveMs, stallTimeoutMs: timeoutMs });
  using deadline = timeout(timeoutMs);
  const signal = AbortSignal.any([client.aborted, deadline.signal]);
  let text = '';
  const heard = (event: AnswerEvent) => {
    if (event.kind === 'content') text += event.text;
  };
  try {
    const answer = await begin(signal);
    for await (const data of chunksOf(
      { ...answer, events: tapped(answer.events, heard) },
      identity,
      includeUsage,
    )) {
      if (data === '[DONE]') await onSettled({ kind: 'complete', text });
      await client.send(data);
    }
  } catch (cause) {
    const outcome = outcomeOf(cause, client.aborted, signal);
    await onSettled(outcome);
    if (outcome.kind === 'failed') await client.send(outcome.error.body).catch(() => undefined);
  }
  client.end();
}

function outcomeOf(cause: unknown, gone: AbortSignal, signal: AbortSignal): AnswerOutcome {
  if (gone.aborted) return { kind: 'client_gone' };
  // Libraries throw errors of their own for an abort; what was meant is its reason.
  const meant = signal.aborted ? signal.reason : cause;
  return { kind: 'failed', error: toOpenaiError(meant), cause: meant };
}

async function* tapped(events: AsyncIterable<AnswerEvent>, heard: (event: AnswerEvent) => void) {
  for await (const event of events) {
    heard(event);
    yield event;
  }
}

function timeout(ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const seconds = ms / 1000;
  const error = openaiError(
    504,
    `No complete answer within ${seconds} s.`,
    'server_error',
    'request_timeout',
  );
  const timer = setTimeout(() => controller.abort(error), ms);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
