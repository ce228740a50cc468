import type { FastifyReply } from 'fastify';
import { type EventStreamOptions, frame, openEventStream } from '../../kit/http/sse.ts';
import type { LoggedEvent } from './event-log.ts';

/** An event as a frame of `text/event-stream`, with the id to go on from. */
const loggedFrame = ({ id, type, data }: LoggedEvent): string => `id: ${id}\n${frame(data, type)}`;

/**
 * Answers with the events of a log, at the client's pace, until there are no more; a client that reads nothing for the
 * stall timeout is disconnected. The first event is awaited only where `events` has one at hand: the head goes out at once.
 */
export async function sendLog(
  reply: FastifyReply,
  events: AsyncIterable<LoggedEvent>,
  options: EventStreamOptions,
): Promise<FastifyReply> {
  const client = openEventStream(reply, options);
  try {
    for await (const event of events) await client.write(loggedFrame(event));
  } catch (err) {
    // A stream that ends is taken up again with the last id.
    if (!client.aborted.aborted) reply.log.warn({ err }, 'event stream broke off');
  } finally {
    client.end();
  }
  return reply;
}
