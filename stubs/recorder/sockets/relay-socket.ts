import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { onwardFields } from '../answers/forward.ts';
import { Tape } from '../answers/tape.ts';
import type { Asked } from '../asking/asked.ts';
import type { Message, SocketAnswer } from '../files/recording.ts';
import type { Recorder } from '../recorder.ts';
import type { Refuse, Upgrade } from './accept-sockets.ts';
import { messageOf } from './message.ts';

export interface Relay {
  readonly recorder: Recorder;
  readonly asked: Asked;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly upgrade: Upgrade;
}

/** More than this waits in no direction: the other side is read no further. */
const waitingBytes = 1024 * 1024;

/** Joins a client to the provider, passes messages on as they come, and records them when the socket is over. */
export function relaySocket({ recorder, asked, url, headers, upgrade }: Relay): void {
  const { accept, refuse, gone } = upgrade;
  const slot = recorder.open(asked);
  recorder.ledger.counts.upstream += 1;
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/).filter(Boolean);
  const own = Object.entries(onwardFields(headers)).filter(([name]) => !name.startsWith('sec-websocket-'));
  const provider = new WebSocket(url, protocols, {
    headers: Object.fromEntries(own) as Record<string, string>,
    perMessageDeflate: false,
    handshakeTimeout: recorder.settings.idleMs,
  });
  let isOpen = false;
  // Who leaves before there is a socket asked for nothing that could be replayed.
  const abandon = (): void => {
    slot?.fill(undefined);
    provider.terminate();
  };
  gone.addEventListener('abort', () => {
    if (isOpen) return;
    isOpen = true;
    abandon();
  });
  provider.on('error', (error: NodeJS.ErrnoException) => {
    if (isOpen) return;
    isOpen = true;
    const why = `the provider cannot be asked: ${error.code ?? error.message}`;
    recorder.refuse('RECORDER_UPSTREAM_UNREACHABLE', asked, slot, why);
    refuse(502, {}, Buffer.alloc(0));
  });
  provider.on('unexpected-response', (_request, answer) => {
    isOpen = true;
    passRefusal(answer, refuse, (tape) =>
      recorder.keep(asked, slot, tape.answer('complete', asked.placeholders), [tape.text]),
    );
  });
  provider.on('open', () => {
    isOpen = true;
    let isAccepted = false;
    accept(provider.protocol || undefined, (client) => {
      isAccepted = true;
      const messages: Message[] = [];
      const atMs: number[] = [];
      const openedAt = performance.now();
      let isOver = false;
      const note = (from: Message['from'], data: Buffer, isBinary: boolean) => {
        if (slot === undefined) return;
        messages.push(messageOf(from, { data, isBinary }, asked.placeholders));
        atMs.push(Math.round(performance.now() - openedAt));
      };
      const over = (by: Message['from'], code: number, reason: string) => {
        if (isOver) return;
        isOver = true;
        const said = code === 1006 ? {} : { code, ...(reason ? { reason } : {}) };
        const answer: SocketAnswer = {
          status: 101,
          headers: provider.protocol ? { 'sec-websocket-protocol': provider.protocol } : {},
          messages,
          ended: { by, ...said },
          atMs,
        };
        recorder.keep(asked, slot, answer, [messages.map((each) => JSON.stringify(each)).join('\n')]);
      };
      join(client, provider, (data, isBinary) => note('client', data, isBinary));
      join(provider, client, (data, isBinary) => note('provider', data, isBinary));
      client.on('close', (code, reason) => {
        over('client', code, reason.toString());
        closeLike(provider, code, reason);
      });
      provider.on('close', (code, reason) => {
        over('provider', code, reason.toString());
        closeLike(client, code, reason);
      });
      client.on('error', () => client.terminate());
    });
    if (!isAccepted) abandon();
  });
}

/** Ends a socket as the other one was ended. 1005 and 1006 say that there was no code. Source: RFC 6455 §7.4.1. */
export function closeLike(socket: WebSocket, code: number, reason: Buffer | string): void {
  if (code === 1006) socket.terminate();
  else if (code === 1005) socket.close();
  else socket.close(code, reason);
}

/** A message as one buffer, however it was put together. */
export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function join(from: WebSocket, to: WebSocket, note: (data: Buffer, isBinary: boolean) => void): void {
  from.on('message', (raw: RawData, isBinary: boolean) => {
    const data = bytesOf(raw);
    note(data, isBinary);
    if (to.readyState !== WebSocket.OPEN) return;
    const isFull = to.bufferedAmount > waitingBytes;
    if (isFull) from.pause();
    to.send(data, { binary: isBinary }, () => {
      if (isFull) from.resume();
    });
  });
}

/** A provider that takes no socket says why in a plain answer. */
function passRefusal(answer: IncomingMessage, refuse: Refuse, keep: (tape: Tape) => void): void {
  const tape = new Tape(waitingBytes);
  const status = answer.statusCode ?? 502;
  tape.head(status, { ...answer.headers, 'content-length': '' });
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => {
    tape.add(chunk);
    if (!tape.isTooLong) chunks.push(chunk);
  });
  answer.on('close', () => {
    keep(tape);
    const type = answer.headers['content-type'];
    const after = answer.headers['retry-after'];
    refuse(
      status,
      { ...(type ? { 'content-type': type } : {}), ...(after ? { 'retry-after': after } : {}) },
      Buffer.concat(chunks),
    );
  });
}
