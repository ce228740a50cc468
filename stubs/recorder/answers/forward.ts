import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { scopeField } from '../asking/asked.ts';
import type { End } from '../files/recording.ts';
import { RecorderError } from '../recorder-error.ts';
import { breakOff } from './break-off.ts';
import type { Tape } from './tape.ts';

/** A request to pass on. */
export interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** An upstream that is silent for longer is given up. */
  readonly idleMs: number;
  /** What is recorded should be readable: the upstream is asked not to pack it. */
  readonly plain: boolean;
}

/** Fields of one connection. Source: RFC 9110 §7.6.1. */
const hopByHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade'],
]);
/** Fields of a request that are made anew for the upstream. */
const ownFields: ReadonlySet<string> = new Set(['host', 'content-length', 'expect', scopeField]);

/** Header fields of a request as they go to the upstream. */
export function onwardFields(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !ownFields.has(name)),
  );
}

/** An upstream that could not be asked: nothing that it answered, so nothing to record. */
const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/**
 * Passes a request on and its answer back, each piece as it comes and at the client's speed, and notes it on the tape. A client
 * that hangs up makes the upstream be hung up on.
 *
 * @param onEnd called before the client sees the end, so that it finds recorded what it has got whole
 * @returns how it ended
 * @throws RecorderError RECORDER_UPSTREAM_UNREACHABLE when there is no answer that could be passed on
 */
export function forward(
  outgoing: Outgoing,
  response: ServerResponse,
  tape: Tape,
  onEnd: (end: End) => void,
): Promise<End> {
  return new Promise((resolve, reject) => {
    const url = new URL(outgoing.url);
    const upstream = (url.protocol === 'https:' ? https : http).request(url, {
      method: outgoing.method,
      headers: {
        ...onwardFields(outgoing.headers),
        ...(outgoing.plain ? { 'accept-encoding': 'identity' } : {}),
        ...(outgoing.body.length > 0 ? { 'content-length': outgoing.body.length } : {}),
      },
      // A connection of its own: a kept one that the upstream has just closed would look like a cut.
      agent: false,
      timeout: outgoing.idleMs,
    });
    let socket: Socket | undefined;
    let isReset = false;
    let isOver = false;
    const over = (end: End) => {
      if (isOver) return;
      isOver = true;
      onEnd(end);
      if (end === 'complete') response.end();
      else if (end !== 'left') breakOff(response, end);
      if (end !== 'complete') upstream.destroy();
      resolve(end);
    };
    const fail = (error: Error) => {
      if (isOver) return;
      isOver = true;
      upstream.destroy();
      reject(error);
    };
    const broken = () => over(isReset ? 'reset' : 'cut');
    upstream.on('socket', (own) => {
      socket = own;
    });
    upstream.on('timeout', () => fail(silent(outgoing)));
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      const cause = error.code ?? '';
      // A FIN too early is `socket hang up`, which has the same code and is no failure of a read.
      if (cause === 'ECONNRESET' && error.syscall === 'read') isReset = true;
      const isAsked = socket !== undefined && !socket.connecting;
      if (!isAsked || unreachable.includes(cause) || !/^(ECONNRESET|EPIPE)$/.test(cause))
        fail(notReached(outgoing, error));
      else broken();
    });
    upstream.on('response', (answer) => {
      tape.head(answer.statusCode ?? 502, answer.headers);
      response.writeHead(answer.statusCode ?? 502, rawFields(answer));
      response.flushHeaders();
      answer.on('data', (bytes: Buffer) => {
        tape.add(bytes);
        if (response.write(bytes)) return;
        answer.pause();
        response.once('drain', () => answer.resume());
      });
      answer.on('end', () => over(answer.complete ? 'complete' : 'cut'));
      answer.on('error', broken);
    });
    response.on('close', () => over('left'));
    upstream.end(outgoing.body);
  });
}

/** The fields as they came, repeated ones too. */
function rawFields({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !hopByHop.has(name.toLowerCase()) ? [name, rawHeaders[at + 1] ?? ''] : [],
  );
}

function silent({ url, idleMs }: Outgoing): RecorderError {
  return unreached(`${new URL(url).origin} was silent for ${idleMs} ms (RECORDER_IDLE_MS).`);
}

function notReached({ url }: Outgoing, error: NodeJS.ErrnoException): RecorderError {
  return unreached(`${new URL(url).origin} cannot be asked: ${error.code ?? error.message}.`);
}

function unreached(message: string): RecorderError {
  return new RecorderError('RECORDER_UPSTREAM_UNREACHABLE', message, 502);
}
