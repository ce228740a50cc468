import { once } from 'node:events';
import { type Dispatcher, request } from 'undici';
import { readBody } from '../upstream/bounded-body.ts';
import { totalTimeout, type UpstreamBounds } from '../upstream/timeout-failure.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';
import { refusedAttempt } from './attempt-failure.ts';
import type { UpstreamRequest } from './model-call.ts';

const maxRefusalBytes = 1024 * 1024;

export type UpstreamBody = Dispatcher.ResponseData['body'];

export interface SendOptions {
  readonly dispatcher: Dispatcher;
  readonly bounds: UpstreamBounds;
  readonly signal: AbortSignal;
  /** Told of the status of the answer. */
  readonly onStatus?: ((status: number) => void) | undefined;
  /** Resolve only when the first bytes of the body are there: one that breaks before them can still be replaced. */
  readonly awaitFirstBytes?: boolean | undefined;
}

/**
 * Sends a request and waits for status 200 and the content type that its `accept` names. Redirects are not followed.
 * Throws an AttemptFailure for another status, an OpenaiError for an answer that is none, and errors of the connection
 * as they are; those may also end the body, as may the bounds.
 */
export async function sendUpstream(sent: UpstreamRequest, options: SendOptions): Promise<UpstreamBody> {
  const { dispatcher, bounds, signal, onStatus, awaitFirstBytes } = options;
  const startedAt = performance.now();
  const { statusCode, headers, body } = await request(sent.url, {
    method: 'POST',
    headers: sent.headers,
    body: sent.body,
    dispatcher,
    signal,
    headersTimeout: Math.min(bounds.firstByteMs, bounds.totalMs),
    bodyTimeout: bounds.idleMs,
  }).catch((cause) => {
    const isOver = bounds.totalMs < bounds.firstByteMs && cause?.code === 'UND_ERR_HEADERS_TIMEOUT';
    throw isOver ? totalTimeout(sent.upstream) : cause;
  });
  onStatus?.(statusCode);
  endInTime(body, bounds.totalMs - (performance.now() - startedAt), sent.upstream);
  if (statusCode !== 200) {
    const text = (await readBody(body, maxRefusalBytes)).toString('utf8');
    throw refusedAttempt(statusCode, text, sent.upstream, single(headers['retry-after']));
  }
  const type = single(headers['content-type'])?.toLowerCase() ?? '';
  if (!type.startsWith(sent.headers.accept ?? '')) {
    body.on('error', () => undefined).destroy();
    throw invalidAnswer(sent.upstream);
  }
  if (awaitFirstBytes) await firstBytes(body);
  return body;
}

function endInTime(body: UpstreamBody, ms: number, who: string): void {
  const timer = setTimeout(() => body.destroy(totalTimeout(who)), Math.max(0, ms));
  body.once('close', () => clearTimeout(timer));
}

/** Resolves when there is something to read, or nothing will come; rejects when the body breaks first. */
async function firstBytes(body: UpstreamBody): Promise<void> {
  if (body.readableLength > 0 || body.readableEnded) return;
  await once(body, 'readable');
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
