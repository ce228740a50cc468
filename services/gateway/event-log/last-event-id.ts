import type { FastifyRequest } from 'fastify';

/** The id that a client asks to go on from is no id of a log. */
export class LastEventIdError extends Error {
  override readonly name = 'LastEventIdError';
  readonly statusCode = 400;
  readonly code = 'invalid_last_event_id';
}

/**
 * The id of the last event that a client has, of its header `Last-Event-ID` or the parameter `last_event_id`; `undefined`
 * when it names none. The header wins: a browser that comes again sends it with the address of its first call.
 *
 * @throws LastEventIdError when it is no whole number
 */
export function lastEventIdOf({
  headers,
  query,
}: Pick<FastifyRequest, 'headers' | 'query'>): number | undefined {
  const header = headers['last-event-id'];
  const given = header === undefined || header === '' ? parameterOf(query) : header;
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new LastEventIdError('Last-Event-ID must be the id of an event: a whole number.');
}

const parameterOf = (query: unknown): unknown =>
  (query as Readonly<Record<string, unknown>> | null | undefined)?.last_event_id;
