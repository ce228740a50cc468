import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { readAddress } from './asking/address.ts';
import type { Recorder } from './recorder.ts';
import { RecorderError } from './recorder-error.ts';
import { reportOf } from './report.ts';
import { acceptSockets } from './sockets/accept-sockets.ts';

/** The edge: what is no path of its own goes to an upstream or to a recording. It does not listen yet. */
export function createServer(recorder: Recorder, log: Logger): http.Server {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(recorder, request, response).catch((error: Error) => fail(error, request, response, log));
  });
  // An answer may take as long as its provider does.
  server.requestTimeout = 0;
  acceptSockets(server, recorder, log);
  return server;
}

async function answer(recorder: Recorder, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '/', method = 'GET', headers } = request;
  const own = ownAnswer(recorder, method, url);
  if (own !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(own));
    return;
  }
  const { upstreams, usual, maxRequestBytes } = recorder.settings;
  const address = readAddress(url, upstreams, usual);
  const body = await bodyOf(request, maxRequestBytes);
  await recorder.handle({ method, headers, body, address }, response);
}

/** What the recorder tells of itself. */
function ownAnswer(recorder: Recorder, method: string, url: string): unknown {
  if (method === 'POST' && url === '/rewind') {
    recorder.drafts.settle();
    recorder.rewind();
    return { status: 'ok' };
  }
  if (method !== 'GET') return undefined;
  const { mode } = recorder.settings;
  if (url === '/health')
    return { status: 'ok', mode, recordings: recorder.shelf.all.length, loadedInMs: recorder.loadedInMs };
  if (url === '/report') return reportOf(recorder);
  if (url === '/misses') return recorder.ledger.misses;
  if (url === '/leftovers') return recorder.shelf.leftovers();
  return undefined;
}

async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes)
      throw new RecorderError(
        'RECORDER_BODY_TOO_LARGE',
        `The request is longer than ${limitBytes} bytes (RECORDER_MAX_REQUEST_BYTES).`,
        413,
      );
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function fail(error: Error, request: IncomingMessage, response: ServerResponse, log: Logger): void {
  // Who has gone before the request was there has nothing to hear.
  if (request.destroyed && !request.complete) return;
  const known = error instanceof RecorderError ? error : undefined;
  if (!known) log.error({ err: error }, 'a request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const code = known?.code ?? 'RECORDER_INTERNAL';
  const message = known?.message ?? 'The recorder failed; its log says why.';
  const body = JSON.stringify({ error: { type: 'recorder_error', code, message } });
  response
    .writeHead(known?.status ?? 500, { 'content-type': 'application/json', connection: 'close' })
    .end(body);
}
