import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of an answer: it is passed on, ends after half, or is denied. */
type Manner = 'pass' | 'cut' | 'lose';

/** An HTTP proxy before a registry that passes answers on, ends them after half, or denies that there is anything. */
export async function breakingProxy(
  host: string,
  mannerOf: (path: string, answer: IncomingMessage) => Manner,
): Promise<{ readonly address: string; close(): void }> {
  const server = createServer((asked, answer) => {
    const { method, url = '', headers } = asked;
    const upstream = httpRequest(`http://${host}${url}`, { method, headers }, (response) => {
      const manner = mannerOf(url, response);
      if (manner === 'lose') {
        response.resume();
        const errors = [{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }];
        answer.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      if (manner === 'pass') {
        response.pipe(answer);
        return;
      }
      let left = Number(response.headers['content-length']) / 2;
      response.on('data', (chunk: Buffer) => {
        answer.write(chunk.subarray(0, Math.max(0, left)));
        left -= chunk.length;
        if (left <= 0) answer.destroy();
      });
    });
    upstream.on('error', () => answer.destroy());
    asked.pipe(upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => server.close() };
}
