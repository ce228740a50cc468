import type { Json } from '../asking/normal-body.ts';
import type { Placeholders } from '../asking/placeholders.ts';
import type { Message } from '../files/recording.ts';

/** A message as it goes over a socket. */
export interface Sent {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** A message as recordings keep it; what the client says tells of the values that are this run's. */
export function messageOf(
  from: Message['from'],
  { data, isBinary }: Sent,
  placeholders: Placeholders,
): Message {
  if (isBinary) return { from, base64: data.toString('base64') };
  const raw = data.toString();
  if (from === 'client') placeholders.find(raw);
  const text = placeholders.hide(raw);
  try {
    const json = JSON.parse(text) as Json;
    if (typeof json === 'object' && json !== null && JSON.stringify(json) === text) return { from, json };
  } catch {
    // It is kept as the text that it is.
  }
  return { from, text };
}

/** What goes over the socket for it. */
export function sentOf(message: Message, placeholders: Placeholders): Sent {
  if ('base64' in message) return { data: Buffer.from(message.base64, 'base64'), isBinary: true };
  const text = 'json' in message ? JSON.stringify(message.json) : message.text;
  return { data: Buffer.from(placeholders.show(text)), isBinary: false };
}
