import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { recordingFiles } from './files/load.ts';
import type { Recording } from './files/recording.ts';
import { Recorder } from './recorder.ts';
import { type Report, reportOf } from './report.ts';
import { createServer } from './server.ts';
import { type Mode, readSettings } from './settings.ts';

/** A provider and a folder of recordings, and edges in front of them; all gone after `close`. */
export class TestEdge {
  readonly folder: string;
  readonly provider: Server;
  /** Requests that reached the provider. */
  asked = 0;
  readonly #servers: Server[] = [];

  private constructor(provider: Server) {
    this.folder = mkdtempSync(join(tmpdir(), 'recordings-'));
    this.provider = provider;
    provider.on('request', () => {
      this.asked += 1;
    });
    this.#servers.push(provider);
  }

  static async before(answer: http.RequestListener): Promise<TestEdge> {
    const provider = http.createServer(answer);
    const edge = new TestEdge(provider);
    await listen(provider);
    return edge;
  }

  /** A recorder in some mode; `env` goes over the usual settings. */
  async start(mode: Mode, env: NodeJS.ProcessEnv = {}): Promise<Edge> {
    const settings = readSettings({
      RECORDER_MODE: mode,
      RECORDER_FOLDER: this.folder,
      RECORDER_UPSTREAMS: JSON.stringify({ stub: addressOf(this.provider) }),
      PORT: '0',
      ...env,
    });
    const recorder = new Recorder(settings);
    const server = createServer(recorder, pino({ level: 'silent' }));
    await listen(server);
    this.#servers.push(server);
    return new Edge(addressOf(server), () => reportOf(recorder));
  }

  get files(): readonly string[] {
    return recordingFiles(this.folder);
  }

  text(file = this.files[0] ?? ''): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  recording(file?: string): Recording {
    return JSON.parse(this.text(file)) as Recording;
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Edge {
  readonly url: string;
  readonly report: () => Report;

  constructor(url: string, report: () => Report) {
    this.url = url;
    this.report = report;
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** The body of an answer. */
  async text(path: string, body: unknown): Promise<string> {
    return (await this.post(path, body)).text();
  }
}

/** An answer as it came over the wire: each piece, and how it ended. */
export interface Seen {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly pieces: readonly string[];
  readonly end: 'complete' | 'cut' | 'reset';
}

/** Asks and notes each piece as it comes. `onPiece` may hang up by destroying the answer. */
export function watch(
  url: string,
  body: unknown,
  onPiece: (piece: string, answer: IncomingMessage) => void = () => undefined,
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    let end: Seen['end'] | undefined;
    const request = http.request(url, { method: 'POST', agent: false }, (answer) => {
      end = 'cut';
      const pieces: string[] = [];
      answer.on('data', (piece: Buffer) => {
        pieces.push(piece.toString('latin1'));
        onPiece(pieces.at(-1) ?? '', answer);
      });
      answer.on('error', () => undefined);
      answer.on('close', () => {
        const ended = answer.complete ? 'complete' : (end ?? 'cut');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, pieces, end: ended });
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (end === undefined) reject(error);
      else if (error.syscall === 'read') end = 'reset';
    });
    request.end(JSON.stringify(body));
  });
}

/** The JSON body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<{ readonly prompt?: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
