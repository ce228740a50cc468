import { fetch } from 'undici';
import { readBody } from '../kit/http/bounded-body.ts';

const limitBytes = 20 * 1024 * 1024;

/** Fetches a recording. Throws for a refusal and for one that is too long; never with the address, which may hold a token. */
export async function fetchRecording(url: string, signal: AbortSignal): Promise<Buffer> {
  const answer = await fetch(url, { signal });
  if (!answer.ok || !answer.body) throw new Error(`the recording was answered with ${answer.status}`);
  return readBody(answer.body as AsyncIterable<Uint8Array>, limitBytes);
}
