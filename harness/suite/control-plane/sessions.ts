import { randomUUID } from 'node:crypto';
import { fetch, type Headers } from 'undici';
import { type CallerOptions, ownKey } from '../responses/caller.ts';
import { service } from '../stack.ts';

/** What a message may be posted with. */
export interface PostOptions extends CallerOptions {
  readonly idempotencyKey?: string;
}

/** An answer of the control plane: as it was sent, and as JSON where it is that. */
export interface ControlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: suites look into bodies of any shape, and say what must be there
  readonly body: any;
}

/** A message as `/messages` lists it, as far as the suites look at it. */
export interface ListedMessage {
  readonly message_id: string;
  readonly session_id: string;
  readonly role: string;
  readonly content: string;
  readonly capability?: string;
}

/** A name that no other session has. */
export const newSession = (): string => `suite-${randomUUID()}`;

/** Address of the control plane, of one worker if one is named. */
export const controlUrl = ({ worker }: CallerOptions = {}): string =>
  worker?.baseUrl ?? service('gateway').url;

/** Asks for an answer in one piece; every status is one. A text or bytes are sent as they are, anything else as JSON. */
export async function askControl(
  method: string,
  path: string,
  body?: unknown,
  options: PostOptions = {},
): Promise<ControlAnswer> {
  const { key = ownKey(), worker, idempotencyKey } = options;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await fetch(`${controlUrl(options)}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    signal: AbortSignal.timeout(40_000),
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    ...(worker ? { dispatcher: worker.dispatcher } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: jsonOr(text) };
}

/** POST /message. */
export const post = (body: unknown, options?: PostOptions): Promise<ControlAnswer> =>
  askControl('POST', '/message', body, options);

/** Posts a message that has to be accepted. @throws with the answer when it is not */
export async function accepted(body: object, options?: PostOptions): Promise<ControlAnswer> {
  const answer = await post(body, options);
  if (answer.status !== 202) throw new Error(`POST /message: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}

/** The address of a session on one of the routes that read. */
export const sessionPath = (route: '/messages' | '/status' | '/events', session: string): string =>
  `${route}?session_id=${encodeURIComponent(session)}`;

/** The messages of a session that has to be there, oldest first. @throws with the answer when it is not */
export async function messagesOf(
  session: string,
  options?: CallerOptions,
): Promise<readonly ListedMessage[]> {
  const answer = await askControl('GET', sessionPath('/messages', session), undefined, options);
  if (answer.status !== 200) throw new Error(`GET /messages: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.body.messages;
}

export const statusOf = (session: string, options?: CallerOptions): Promise<ControlAnswer> =>
  askControl('GET', sessionPath('/status', session), undefined, options);

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
