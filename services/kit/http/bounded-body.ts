/** A body outgrew what its reader is ready to hold in memory; the code is undici's for the same. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  readonly code = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}

/**
 * Reads a whole body, Node's or the web's.
 * @throws BodyTooLargeError beyond `maxBytes`, with the connection given up; what the body throws
 */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new BodyTooLargeError('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
