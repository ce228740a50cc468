import { expect, test } from '@jest/globals';
import { endChecker, wholeStreamFetch } from './whole-stream-fetch.ts';

async function read(chunks: readonly string[]): Promise<string> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  return await new Response(source.pipeThrough(endChecker())).text();
}

test('a whole stream passes byte for byte', async () => {
  expect(await read(['data: {"a":1}\n\n', 'data: [DONE]\n\n'])).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
});

test('[DONE] may be split, end with CRLF, or lack its line end', async () => {
  await expect(read(['data: [D', 'ONE]\r\n\r\n'])).resolves.toContain('[DONE]');
  await expect(read(['data: {}\n\ndata: [DONE]'])).resolves.toContain('[DONE]');
});

test.each([
  ['a stream without [DONE]', ['data: {"a":1}\n\n']],
  ['an empty stream', []],
  ['[DONE] inside of content', ['data: {"content":"data: [DONE]"}\n\n']],
])('%s fails at its end', async (_, chunks) => {
  await expect(read(chunks)).rejects.toMatchObject({ body: { error: { code: 'upstream_truncated' } } });
});

async function answering(status: number, headers: Record<string, string>, body: string) {
  const { createServer } = await import('node:http');
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/chat`, asked, [Symbol.dispose]: () => server.close() };
}

test('a redirect is an answer, and is not followed', async () => {
  using api = await answering(307, { location: '/elsewhere' }, '');
  const { status } = await wholeStreamFetch(api.url, { method: 'POST', body: '{}' });
  expect([status, api.asked]).toEqual([307, ['/chat']]);
});

test('a refusal that quotes the key is told without it', async () => {
  using api = await answering(
    401,
    { 'content-type': 'application/json' },
    '{"error":{"message":"Not sk-1."}}',
  );
  const answer = await wholeStreamFetch(api.url, { headers: { authorization: 'Bearer sk-1' } });
  expect([answer.status, await answer.json()]).toEqual([401, { error: { message: 'Not [redacted].' } }]);
});
