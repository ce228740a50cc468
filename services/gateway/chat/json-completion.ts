import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import type { Usage } from '../../kit/chat-schema.ts';
import type { OpenaiError } from '../../kit/openai-error.ts';
import { connectionFailure, invalidAnswer } from '../upstream/upstream-failure.ts';
import { type ChatCall, openCall } from './chat-call.ts';

const maxAnswerBytes = 64 * 1024 * 1024;

export interface CompletionBody {
  readonly id?: unknown;
  readonly choices: readonly { readonly message?: unknown }[];
  readonly usage?: Usage;
}

export type Completion =
  | { readonly answer: string | Buffer; readonly body: CompletionBody }
  | { readonly refused: OpenaiError };

/** Asks for a whole completion; the body is the upstream's, checked to be one. */
export async function askForCompletion(
  call: ChatCall,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Completion> {
  const opened = await openCall(call, dispatcher, signal);
  if (opened.kind === 'refused') return { refused: opened.error };
  const failed = (error: OpenaiError): Completion => {
    opened.watch.failure(error.statusCode, signal);
    return { refused: error };
  };
  try {
    const bytes = await opened.body.bytes(maxAnswerBytes);
    const text = bytes.toString('utf8');
    const body = parseCompletion(text);
    if (!body) return failed(invalidAnswer(call.target.model));
    opened.watch.success(body.usage);
    // ASCII, which is the same as text: Node then writes head and body as one string and not as a list of pieces.
    const isSame = text.length === bytes.length;
    return { answer: isSame ? text : bytes, body };
  } catch (cause) {
    return failed(connectionFailure(cause, call.target.model));
  }
}

/** Answers with a whole completion, or with the status and error of what went wrong. */
export async function answerJson(
  call: ChatCall,
  reply: FastifyReply,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<void> {
  const completion = await askForCompletion(call, dispatcher, signal);
  if ('refused' in completion) return answerRefusal(call, reply, completion.refused);
  await call.trace.end('response_complete', 'respond', 'The whole answer was passed on.');
  const { answer, body } = completion;
  const renamed = call.completionId !== undefined && body.id !== call.completionId;
  const sent = renamed ? JSON.stringify({ ...body, id: call.completionId }) : answer;
  await reply.code(200).type('application/json; charset=utf-8').send(sent);
}

/** Answers with an upstream's refusal as an OpenAI error. */
export async function answerRefusal(call: ChatCall, reply: FastifyReply, error: OpenaiError): Promise<void> {
  if (reply.raw.destroyed) {
    call.log.info({ model: call.target.model }, 'client went before the answer');
    await call.trace.end('client_gone', 'respond', 'The client closed the connection.');
    reply.hijack();
    return;
  }
  logRefusal(call, error);
  await call.trace.end('error', 'respond', error.message, { status: error.statusCode, ...error.body.error });
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
  await reply.code(error.statusCode).send(error.body);
}

function logRefusal({ target, log }: ChatCall, error: OpenaiError): void {
  log.warn({ model: target.model, status: error.statusCode, code: error.body.error.code }, error.message);
}

function parseCompletion(text: string): CompletionBody | undefined {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value?.choices) && value.choices.length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
