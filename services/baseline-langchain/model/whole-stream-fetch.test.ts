import { expect, test } from '@jest/globals';
import { endChecker } from './whole-stream-fetch.ts';

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
