import { connect } from 'node:net';
import { service } from '../stack.ts';

export interface RawAnswer {
  /** Undefined when the other side closed without a word. */
  readonly status: number | undefined;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
  /** How many answers came: each begins with a status line. */
  readonly answers: number;
}

const withinMs = 15_000;
const statusLine = /^HTTP\/1\.1 (\d{3})/gm;

/**
 * Sends bytes to the gateway as they are, which no HTTP client would, and reads until it closes or `quietMs` long says
 * nothing more.
 */
export function sendRaw(bytes: string, quietMs = 1_500): Promise<RawAnswer> {
  const { hostname, port } = new URL(service('gateway').url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const end = () => {
      clearTimeout(late);
      clearTimeout(quiet);
      socket.destroy();
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const statuses = [...text.matchAll(statusLine)];
      const status = statuses[0] && Number(statuses[0][1]);
      resolve({ status, head, body: rest.join('\r\n\r\n'), answers: statuses.length });
    };
    const late = setTimeout(end, withinMs);
    let quiet: NodeJS.Timeout | undefined;
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(bytes, 'latin1'));
    socket.on('data', (part: string) => {
      text += part;
      clearTimeout(quiet);
      quiet = setTimeout(end, quietMs);
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

/** The head of a request with these header lines, as they are. */
export const rawHead = (method: string, path: string, lines: readonly string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: gateway', ...lines, '', ''].join('\r\n');
