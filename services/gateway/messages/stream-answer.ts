import type { FastifyReply } from 'fastify';
import type { ChatCompletionChunk } from '../../kit/chat-schema.ts';
import { type EventStream, frame, openEventStream } from '../../kit/http/sse.ts';
import { within } from '../../kit/http/within.ts';
import { OpenaiError, toOpenaiError } from '../../kit/openai-error.ts';
import { streamChat } from '../model/chat-upstream.ts';
import type { ModelCall, ModelPlane } from '../model/model-call.ts';
import type { Settings } from '../settings.ts';
import type { Asked } from './message-answer.ts';
import { type MessageEvent, MessageStream } from './message-stream.ts';
import { askTolerantly } from './upstream-answer.ts';

type Chunks = AsyncGenerator<ChatCompletionChunk, void>;
interface Begun {
  readonly chunks: Chunks;
  readonly first: IteratorResult<ChatCompletionChunk, void>;
}

const ping = frame({ type: 'ping' }, 'ping');

/**
 * Answers with the events of one message, at the client's pace. Until the upstream's first chunk, or `streamCommitMs`
 * of silence, nothing is committed: what goes wrong by then is thrown, for an answer with a status of its own.
 */
export async function answerStream(
  plane: ModelPlane,
  call: ModelCall,
  asked: Asked,
  reply: FastifyReply,
  settings: Pick<Settings, 'streamCommitMs' | 'keepAliveMs' | 'requestTimeoutMs'>,
): Promise<void> {
  const beginning = askTolerantly(call, (each) => begin(plane, each));
  // Its failure is read below, perhaps long after it has come.
  beginning.catch(() => undefined);
  const begun = await within(beginning, settings.streamCommitMs);
  const client = openEventStream(reply, {
    keepAliveMs: settings.keepAliveMs,
    keepAliveFrame: ping,
    stallTimeoutMs: settings.requestTimeoutMs,
  });
  const message = new MessageStream(asked);
  try {
    await client.write(framesOf(message.start()) + ping);
    const { chunks, first } = begun ?? (await beginning);
    for (let next = first; !next.done; next = await chunks.next()) {
      const frames = framesOf(message.push(next.value));
      if (frames !== '') await client.write(frames);
    }
    await client.write(framesOf(message.end()));
    call.log.info({ model: asked.model, outcome: 'complete' }, 'message stream ended');
  } catch (cause) {
    await fail(cause, client, message, call);
  } finally {
    // Hangs up on an upstream that has not ended, also on one that began after the client had gone.
    beginning.then(({ chunks }) => chunks.return()).catch(() => undefined);
    client.end();
  }
}

async function begin(plane: ModelPlane, call: ModelCall): Promise<Begun> {
  const chunks = await streamChat(plane, call);
  return { chunks, first: await chunks.next() };
}

async function fail(
  cause: unknown,
  client: EventStream,
  message: MessageStream,
  call: ModelCall,
): Promise<void> {
  if (client.aborted.aborted) {
    call.log.info({ model: call.target.model, outcome: 'client_gone' }, 'message stream ended');
    return;
  }
  const error = toOpenaiError(cause);
  if (!(cause instanceof OpenaiError)) call.log.error({ err: cause }, 'message stream failed');
  const { code } = error.body.error;
  call.log.warn({ model: call.target.model, outcome: 'failed', code }, 'message stream ended');
  await client.write(framesOf(message.fail(error, call.requestId))).catch(() => undefined);
}

const framesOf = (events: readonly MessageEvent[]): string =>
  events.map((event) => frame(event, event.type)).join('');
