import { STATUS_CODES } from 'node:http';
import type { Segment } from '../conversation.ts';
import { type Effect, fire, type Live, type Steps, write } from './effect.ts';

/**
 * Puts an error answer in place of the target's, then closes: what the target still sends of the real one must not
 * hold up the next exchange. The target has done its work and sees its reader go.
 */
export class StatusEffect implements Effect {
  readonly frames = 0;
  readonly #answer: Buffer;
  readonly #live: Live;
  #head: Buffer[] = [];

  constructor(status: number, retryAfterS: number | undefined, live: Live) {
    this.#answer = answerOf(status, retryAfterS);
    this.#live = live;
  }

  *take({ part, bytes, head }: Segment): Steps {
    if (part !== 'head' || !this.#live()) {
      yield* this.flush();
      yield write(bytes);
      return;
    }
    this.#head.push(bytes);
    if (head === undefined) return;
    if ((head.status ?? 0) < 200) {
      yield* this.flush();
      return;
    }
    yield fire;
    yield write(this.#answer);
    yield { do: 'stop', by: 'fin' };
  }

  *flush(): Steps {
    const held = this.#head;
    this.#head = [];
    for (const bytes of held) yield write(bytes);
  }
}

/** An error answer with the body shape of the OpenAI API. */
function answerOf(status: number, retryAfterS: number | undefined): Buffer {
  const type = status === 429 ? 'rate_limit_error' : 'server_error';
  const code = status === 429 ? 'rate_limit_exceeded' : null;
  const message = `Planned fault: status ${status} in place of the answer.`;
  const body = JSON.stringify({ error: { message, type, param: null, code } });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
    'Connection: close',
    '',
    body,
  ];
  return Buffer.from(lines.join('\r\n'));
}
