import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { bytesOfPiece } from '../answers/piece.ts';
import { readAddress } from '../asking/address.ts';
import { type Asked, readAsked } from '../asking/asked.ts';
import { isSocket } from '../files/recording.ts';
import { missStatus, type Recorder } from '../recorder.ts';
import { RecorderError } from '../recorder-error.ts';
import { playSocket } from './play-socket.ts';
import { relaySocket } from './relay-socket.ts';

/** Accepts the client's side of a socket, with the subprotocol that the provider chose. */
export type Accept = (protocol: string | undefined, use: (client: WebSocket) => void) => void;

/** Answers an upgrade as a plain request. */
export type Refuse = (status: number, headers: Readonly<Record<string, string>>, body: Buffer) => void;

/** A client that asks for a socket. */
export interface Upgrade {
  readonly accept: Accept;
  readonly refuse: Refuse;
  /** It has closed its connection. */
  readonly gone: AbortSignal;
}

/** Records and replays WebSockets at the same addresses as requests. */
export function acceptSockets(server: Server, recorder: Recorder, log: Logger): void {
  server.on('upgrade', (request, socket, head) => {
    const gone = new AbortController();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => gone.abort());
    const refuse: Refuse = (status, headers, body) => {
      const fields = { ...headers, connection: 'close', 'content-length': String(body.length) };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      const start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n`;
      socket.end(Buffer.concat([Buffer.from(`${start}${lines.join('')}\r\n`), body]));
    };
    try {
      open(recorder, request, { accept: accepting(request, socket, head), refuse, gone: gone.signal });
    } catch (error) {
      if (!(error instanceof RecorderError)) log.error({ err: error }, 'a socket failed');
      const { code, status, message } =
        error instanceof RecorderError
          ? error
          : { code: 'RECORDER_INTERNAL', status: 500, message: 'The recorder failed; its log says why.' };
      refuse(status, json, Buffer.from(JSON.stringify({ error: { type: 'recorder_error', code, message } })));
    }
  });
}

const json = { 'content-type': 'application/json' };

function open(recorder: Recorder, request: IncomingMessage, upgrade: Upgrade): void {
  const { accept, refuse } = upgrade;
  const { upstreams, usual, mode } = recorder.settings;
  const address = readAddress(request.url ?? '/', upstreams, usual);
  const raw = { method: 'SOCKET', headers: request.headers, body: Buffer.alloc(0) };
  const asked = readAsked(raw, address, Date.now());
  recorder.ledger.counts.requests += 1;
  const left = mode === 'live' || mode === 'record' ? [] : recorder.shelf.left(asked.key);
  const [first] = left;
  if (first === undefined) {
    if (mode === 'replay') {
      miss(recorder, asked, refuse);
      return;
    }
    const url = `${upstreams.get(address.upstream)}${address.path}`.replace(/^http/, 'ws');
    relaySocket({ recorder, asked, url, headers: request.headers, upgrade });
    return;
  }
  if (!isSocket(first.answer)) {
    recorder.shelf.takeAt(asked.key, first.at);
    const body = Buffer.concat(first.answer.body.map((piece) => bytesOfPiece(piece, asked.placeholders)));
    recorder.ledger.counts.replayed += 1;
    refuse(first.answer.status ?? missStatus, first.answer.headers, body);
    return;
  }
  const candidates = left.flatMap(({ at, answer }) => (isSocket(answer) ? [{ at, answer }] : []));
  accept(first.answer.headers['sec-websocket-protocol'], (client) =>
    playSocket({ recorder, asked, candidates, client }),
  );
}

function miss(recorder: Recorder, asked: Asked, refuse: Refuse): void {
  const { key, scope, reason, closest } = recorder.miss(asked);
  const message = 'No recording answers this socket. Record it with `--mode record-if-missing`.';
  const said = { type: 'recording_missing', code: 'RECORDING_MISSING', message, key, scope, reason };
  const error = { ...said, closest: closest?.file ?? null, diff: closest?.diff ?? [] };
  refuse(missStatus, json, Buffer.from(JSON.stringify({ error })));
}

function accepting(request: IncomingMessage, socket: Duplex, head: Buffer): Accept {
  return (protocol, use) => {
    const server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      handleProtocols: () => protocol ?? false,
    });
    server.handleUpgrade(request, socket, head, use);
  };
}
