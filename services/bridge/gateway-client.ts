import { EventSourceParserStream } from 'eventsource-parser/stream';
import { fetch } from 'undici';
import type { BridgeSettings } from './settings.ts';

type Gateway = Pick<BridgeSettings, 'gatewayUrl' | 'gatewayKey' | 'model'>;

/** The gateway refused or broke off; the message is fit for people. */
export class NoAnswer extends Error {}

/** An answer as it comes: pieces of text, then the id of the response. */
export interface SaidPiece {
  readonly text?: string;
  readonly responseId?: string;
}

const headers = ({ gatewayKey }: Gateway) => ({
  'content-type': 'application/json',
  ...(gatewayKey === undefined ? {} : { authorization: `Bearer ${gatewayKey}` }),
});

/**
 * Asks the gateway's model, streaming; goes on from an earlier response if one is given.
 *
 * @throws NoAnswer when there is none, or no end of one
 */
export async function* ask(
  gateway: Gateway,
  input: string,
  previous: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<SaidPiece> {
  const asked = { model: gateway.model, input, stream: true };
  const answer = await fetch(`${gateway.gatewayUrl}/v1/responses`, {
    method: 'POST',
    headers: headers(gateway),
    body: JSON.stringify(previous === undefined ? asked : { ...asked, previous_response_id: previous }),
    signal,
  });
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel();
    throw new NoAnswer(`The model did not answer (${answer.status}).`);
  }
  const events = (answer.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as never)
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events as unknown as AsyncIterable<{ readonly data: string }>) {
    const event = JSON.parse(data) as Readonly<Record<string, unknown>>;
    if (event.type === 'response.output_text.delta' || event.type === 'response.refusal.delta')
      yield { text: String(event.delta) };
    if (event.type === 'response.completed' || event.type === 'response.incomplete') {
      yield { responseId: (event.response as { readonly id: string }).id };
      return;
    }
    if (event.type === 'response.failed' || event.type === 'error') break;
  }
  throw new NoAnswer('The model broke off.');
}

/** What the gateway's speech service hears in a recording. Throws NoAnswer. */
export async function transcribe(gateway: Gateway, audio: Buffer, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`${gateway.gatewayUrl}/api/transcribe`, {
    method: 'POST',
    headers: headers(gateway),
    body: JSON.stringify({ audio_b64: audio.toString('base64') }),
    signal,
  });
  const body = (await answer.json().catch(() => ({}))) as { readonly text?: unknown };
  if (answer.ok && typeof body.text === 'string' && body.text.trim() !== '') return body.text;
  throw new NoAnswer(`The recording could not be heard (${answer.status}).`);
}
