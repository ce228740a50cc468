import Anthropic from '@anthropic-ai/sdk';
import { journalOf } from '../journal.ts';
import { newOperation } from '../operation.ts';
import { ownConnection } from '../own-connection.ts';
import { textModel } from '../setup/text-model.ts';
import { skip } from '../skip.ts';
import { optionalService, service } from '../stack.ts';

const answerWithinMs = 30_000;
const apiKey = () => process.env.GATEWAY_API_KEY ?? 'unused';

/** The official client, unchanged and without retries that would hide a failure. */
export const client = (): Anthropic =>
  new Anthropic({
    baseURL: service('gateway').url,
    apiKey: apiKey(),
    maxRetries: 0,
    timeout: answerWithinMs,
  });

/** Headers of a request as the official client sends them. */
export const headers = (): Readonly<Record<string, string>> => ({
  ...ownConnection,
  'content-type': 'application/json',
  'anthropic-version': '2023-06-01',
  'x-api-key': apiKey(),
});

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined for what is none. */
  readonly body: unknown;
}

/** Sends a body as it is to /v1/messages or below, for what the official client would not send. */
export async function send(
  body: string | Uint8Array,
  {
    below = '',
    more = {},
  }: { readonly below?: string; readonly more?: Readonly<Record<string, string>> } = {},
): Promise<RawAnswer> {
  const response = await fetch(`${service('gateway').url}/v1/messages${below}`, {
    method: 'POST',
    headers: { ...headers(), ...more },
    body: body as string,
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Sends a body as JSON. */
export const ask = (body: object, options: Parameters<typeof send>[1] = {}): Promise<RawAnswer> =>
  send(JSON.stringify(body), options);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A conversation of one user message. */
export const says = (text: string) => [{ role: 'user' as const, content: text }];

/**
 * For tests that order what the model says by a directive, or look into the journal: skips the running test unless what is
 * asked of the gateway's /v1/messages arrives at the scripted provider.
 */
export async function needsScriptedMessages(): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  if (service('gateway').ours && !process.env.TEXT_MODEL) return;
  const { id, mark } = newOperation();
  await ask({ model: await textModel(), max_tokens: 50, messages: says(`Hi ${mark}`) }).catch(
    () => undefined,
  );
  if ((await journalOf(id)).length > 0) return;
  skip('requests to /v1/messages do not reach the scripted provider of this stack');
}
