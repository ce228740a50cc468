import type http from 'node:http';

export const head = 'HTTP/1.1 200 OK';

/** Answers any request with an event stream of `texts`, each in a write of its own, then `[DONE]`; `/json` with JSON. */
export function streams(texts: readonly string[], before = ''): http.RequestListener {
  return (message, response) => {
    message.resume();
    message.on('end', () => {
      if (message.url === '/json') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ texts }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(before);
      for (const text of texts) response.write(frame(text));
      response.end('data: [DONE]\n\n');
    });
  };
}

export function frame(text: string): string {
  return `data: ${JSON.stringify({ text })}\n\n`;
}

/** The payload of the chunked answers in `bytes`; throws when the framing is wrong before the last answer's end. */
export function decodeChunks(bytes: Buffer): { readonly body: string; readonly complete: boolean } {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  const parts: Buffer[] = [];
  while (at < bytes.length) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (line < 0 || Number.isNaN(size)) throw new Error(`No chunk size at byte ${at}.`);
    if (size === 0) return { body: Buffer.concat(parts).toString(), complete: true };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    if (bytes.toString('latin1', line + 2 + size, line + 4 + size) !== '\r\n')
      throw new Error('A chunk has no end.');
    at = line + 4 + size;
  }
  return { body: Buffer.concat(parts).toString(), complete: false };
}
