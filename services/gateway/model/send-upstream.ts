import type { Dispatcher } from 'undici';
import type { ArrivingBody } from '../../kit/http/arriving-body.ts';
import { post } from '../../kit/http/post.ts';
import { withoutCredential } from '../../kit/http/without-credential.ts';
import { totalTimeout, type UpstreamBounds } from '../upstream/timeout-failure.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';
import { refusedAttempt } from './attempt-failure.ts';
import type { UpstreamRequest } from './model-call.ts';

const maxRefusalBytes = 1024 * 1024;

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
export async function sendUpstream(sent: UpstreamRequest, options: SendOptions): Promise<ArrivingBody> {
  const { dispatcher, bounds, signal, onStatus, awaitFirstBytes } = options;
  const posted = {
    url: sent.url,
    headers: sent.headers,
    body: sent.body,
    headersTimeoutMs: bounds.firstByteMs,
    bodyTimeoutMs: bounds.idleMs,
    totalTimeoutMs: bounds.totalMs,
    tooLate: () => totalTimeout(sent.upstream),
  };
  const { statusCode, headers, body } = await post(dispatcher, posted, signal);
  onStatus?.(statusCode);
  if (statusCode !== 200) {
    const text = withoutCredential(await body.text(maxRefusalBytes), sent.headers.authorization);
    throw refusedAttempt(statusCode, text, sent.upstream, single(headers['retry-after']));
  }
  const type = single(headers['content-type'])?.toLowerCase() ?? '';
  if (!type.startsWith(sent.headers.accept ?? '')) {
    body.destroy();
    throw invalidAnswer(sent.upstream);
  }
  if (awaitFirstBytes) await body.begun();
  return body;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
