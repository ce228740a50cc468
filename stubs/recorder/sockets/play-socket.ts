import { setTimeout as delay } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';
import type { Asked } from '../asking/asked.ts';
import { canonical } from '../asking/request-key.ts';
import { differences } from '../differences.ts';
import type { Message, SocketAnswer } from '../files/recording.ts';
import type { Recorder } from '../recorder.ts';
import { messageOf, type Sent, sentOf } from './message.ts';
import { bytesOf, closeLike } from './relay-socket.ts';

interface Candidate {
  readonly at: number;
  readonly answer: SocketAnswer;
}

export interface Played {
  readonly recorder: Recorder;
  readonly asked: Asked;
  /** Recorded sockets of this key that nobody has been given, in their order. */
  readonly candidates: readonly Candidate[];
  readonly client: WebSocket;
}

/** The close code of a socket that no recording goes on with; codes from 4000 are applications'. */
const missCode = 4599;

/** Messages of a client, one after the other; `undefined` once it has closed. */
class Inbox {
  readonly #waiting: Sent[] = [];
  #wake: (() => void) | undefined;
  isClosed = false;

  constructor(client: WebSocket) {
    client.on('message', (raw: RawData, isBinary: boolean) => {
      this.#waiting.push({ data: bytesOf(raw), isBinary });
      this.#wake?.();
    });
    client.on('close', () => {
      this.isClosed = true;
      this.#wake?.();
    });
    client.on('error', () => client.terminate());
  }

  async next(limitMs?: number): Promise<Sent | undefined> {
    const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
    while (this.#waiting.length === 0 && !this.isClosed && !limit?.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        limit?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return this.#waiting.shift();
  }
}

/**
 * Plays a recorded socket: messages of the provider come when those of the client that came before them have come. The first
 * message of the client says which recording it is, unless the provider speaks first.
 */
export async function playSocket({ recorder, asked, candidates, client }: Played): Promise<void> {
  const inbox = new Inbox(client);
  const [first] = candidates;
  let chosen = first?.answer.messages[0]?.from === 'client' ? undefined : first;
  let heard: Message | undefined;
  if (chosen === undefined) {
    const sent = await inbox.next();
    if (sent === undefined) return;
    heard = messageOf('client', sent, asked.placeholders);
    const said = canonical(heard);
    chosen = candidates.find(({ answer }) => canonical(answer.messages[0]) === said);
    if (chosen === undefined) return missed(recorder, asked, client, first?.answer.messages[0], heard);
  }
  recorder.shelf.takeAt(asked.key, chosen.at);
  recorder.ledger.counts.replayed += 1;
  const { messages, ended, atMs } = chosen.answer;
  const { speed, leaveMs } = recorder.settings;
  for (const [at, message] of messages.entries()) {
    if (message.from === 'client') {
      const sent = heard === undefined ? await inbox.next() : undefined;
      if (heard === undefined && sent === undefined) return;
      const got: Message = heard ?? messageOf('client', sent as Sent, asked.placeholders);
      heard = undefined;
      if (canonical(got) !== canonical(message)) return missed(recorder, asked, client, message, got);
      continue;
    }
    if (speed !== 'full') {
      const waitMs = ((atMs[at] ?? 0) - (atMs[at - 1] ?? 0)) / (speed === 'recorded' ? 1 : speed);
      if (waitMs > 0) await delay(waitMs);
    }
    if (client.readyState !== WebSocket.OPEN) return;
    const { data, isBinary } = sentOf(message, asked.placeholders);
    await new Promise<void>((resolve) => client.send(data, { binary: isBinary }, () => resolve()));
  }
  if (ended.by === 'provider') return closeLike(client, ended.code ?? 1006, ended.reason ?? '');
  const more = await inbox.next(leaveMs);
  if (more !== undefined || !inbox.isClosed)
    missed(recorder, asked, client, undefined, more && messageOf('client', more, asked.placeholders));
}

function missed(
  recorder: Recorder,
  asked: Asked,
  client: WebSocket,
  recorded: Message | undefined,
  heard: Message | undefined,
): void {
  const miss = recorder.miss(asked, 'outrun', differences(recorded, heard));
  client.close(missCode, `recording_missing ${miss.key.slice(0, 12)}`);
}
