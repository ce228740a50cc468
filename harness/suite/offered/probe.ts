import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { ownConnection } from '../own-connection.ts';
import type { Feature } from './feature.ts';

const answerWithinMs = 10_000;
/** For the rest of a body whose head has come; an event stream may never end. */
const bodyWithinMs = 2_000;
const maxBodyBytes = 16_384;
const shownLength = 160;

/** How a service answered a request, as far as it tells whether it knows the route. */
export interface ProbeAnswer {
  readonly status: number;
  /** Its beginning. */
  readonly body: string;
}

/** What a probe found out. */
export interface Finding {
  readonly offered: boolean;
  /** The request and its answer, such as `POST /v1/responses was answered with 404 {"detail":"Not Found"}`. */
  readonly said: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly upgrade?: true;
}

/**
 * Finds out by the answers of a service whether it offers a feature: a route is unknown when it is answered like one that
 * nobody has. Where an unknown item is answered so as well, a method that the route lacks (405) shows that it is there.
 *
 * @throws when the service does not answer within 10 s
 */
export async function probe(url: string, feature: Feature): Promise<Finding> {
  const { method, path, body, upgrade } = feature;
  const asked = { method, path, ...(body ? { body } : {}), ...(upgrade ? { upgrade } : {}) };
  const answer = await ask(url, asked);
  const said = `${method} ${path}${upgrade ? ' as a WebSocket' : ''} was answered with ${shown(answer)}`;
  if (upgrade) return { offered: takesUpgrade(answer), said };
  if (isRefusedMethod(answer)) return { offered: false, said };
  const nowhere = unknownPath(path);
  const unknown = await ask(url, { ...asked, path: nowhere });
  if (!isSame(answer, path, unknown, nowhere)) return { offered: true, said };
  const [other, otherUnknown] = await Promise.all([
    ask(url, { method: 'PUT', path }),
    ask(url, { method: 'PUT', path: nowhere }),
  ]);
  const hasOtherMethods = isRefusedMethod(other) && !isRefusedMethod(otherUnknown);
  return { offered: hasOtherMethods, said };
}

/** The same path with another last literal segment; the id of an item stays as it is. */
export function unknownPath(path: string): string {
  const segments = path.split('/');
  const at = segments.findLastIndex((segment) => segment !== '' && segment !== 'gauntlet-unknown');
  return segments.with(at, 'gauntlet-no-such-route').join('/');
}

/** The method is known to be unsupported (405), or nothing but a stub is there (501). */
function isRefusedMethod({ status }: ProbeAnswer): boolean {
  return status === 405 || status === 501;
}

/**
 * Whether a route was answered like an unknown one. A service that refuses or fails whatever it is asked (401, 403, 429,
 * 5xx) says nothing about routes: its tests shall run and tell.
 */
export function isSame(
  answer: ProbeAnswer,
  path: string,
  unknown: ProbeAnswer,
  pathOfUnknown: string,
): boolean {
  if ([401, 403, 407, 429].includes(answer.status) || answer.status >= 500) return false;
  if (answer.status !== unknown.status) return false;
  return withoutDetails(answer.body, path) === withoutDetails(unknown.body, pathOfUnknown);
}

/** Error bodies quote the path and carry ids and times, which differ from request to request. */
function withoutDetails(body: string, path: string): string {
  const words = body.replaceAll(path, '{path}').split(/([^\w:.-]+)/);
  return words.map((word) => (/\d/.test(word) ? '#' : word)).join('');
}

/** Whoever refuses the client, or fails, has understood that it wants a WebSocket. */
function takesUpgrade({ status }: ProbeAnswer): boolean {
  return status === 101 || [401, 403, 429].includes(status) || (status >= 500 && status !== 501);
}

function shown({ status, body }: ProbeAnswer): string {
  const line = body.replaceAll(/\s+/g, ' ').trim();
  const text = line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
  return text === '' ? `${status} and no body` : `${status} ${text}`;
}

const handshake = () => ({
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
});

/** Reads no more of the answer than it takes to tell routes apart. */
function ask(url: string, { method, path, body, upgrade }: Asked): Promise<ProbeAnswer> {
  const send = url.startsWith('https:') ? secureRequest : request;
  const text = body && JSON.stringify(body);
  const content = text
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    : {};
  const headers = { ...(upgrade ? handshake() : ownConnection), ...content };
  return new Promise((resolve, reject) => {
    const sent = send(`${url}${path}`, { method, headers });
    const tooLate = setTimeout(
      () => sent.destroy(new Error(`${method} ${path} had no answer within ${answerWithinMs} ms`)),
      answerWithinMs,
    );
    const answered = (answer: ProbeAnswer) => {
      clearTimeout(tooLate);
      resolve(answer);
      sent.destroy();
    };
    sent.on('error', (error) => {
      clearTimeout(tooLate);
      reject(error);
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      answered({ status: response.statusCode ?? 101, body: '' });
    });
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      let seen = '';
      const end = () => answered({ status, body: seen });
      const enough = setTimeout(end, bodyWithinMs);
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        seen += part;
        if (seen.length >= maxBodyBytes) end();
      });
      response.on('error', end);
      response.on('close', () => {
        clearTimeout(enough);
        end();
      });
    });
    sent.end(text);
  });
}
