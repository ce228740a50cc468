import type { Readable } from 'node:stream';

/** A body outgrew what the gateway is ready to hold in memory. */
export class BodyTooLargeError extends Error {
  readonly code = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}

/** Reads a whole body; throws {@link BodyTooLargeError} and gives the connection up beyond `maxBytes`. */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLargeError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
