import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inPieces } from './byte-pieces.ts';
import { startProvider } from './test-provider.ts';

let provider: Awaited<ReturnType<typeof startProvider>>;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

/** What a writer in pieces of so many bytes gets, as text of single bytes. */
async function piecesOf(bytes: number | undefined, ...texts: readonly string[]): Promise<readonly string[]> {
  const seen: string[] = [];
  const out = inPieces(bytes, async (piece) => seen.push(Buffer.from(piece).toString('latin1')) > 0);
  for (const text of texts) await out.send(text);
  await out.flush();
  return seen;
}

test('pieces heed neither texts nor characters, and the rest comes last', async () => {
  expect(await piecesOf(3, 'ab', 'é', 'cde')).toEqual(['ab\u00c3', '\u00a9cd', 'e']);
  expect(await piecesOf(undefined, 'ab', 'cde')).toEqual(['ab', 'cde']);
});

test('a reader that is gone gets no further piece', async () => {
  const seen: string[] = [];
  const out = inPieces(1, async (piece) => seen.push(piece.toString()) < 2);
  expect(await out.send('abc')).toBe(false);
  expect(seen).toEqual(['a', 'b']);
});

test('a stream in pieces has the same bytes as one in frames, and is broken off behind the same event', async () => {
  const stream = async (mark: string) => (await provider.ask(`Hi [[${mark}]]`, { stream: true })).text();
  const same = (body: string) => body.replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '');
  const text = 'say=caf%C3%A9_%F0%9F%98%80';
  expect(same(await stream(`${text} pieces=3`))).toBe(same(await stream(text)));
  const ended = await stream(`${text} pieces=7 end=2`);
  expect(ended.match(/^data: /gm)).toHaveLength(2);
  expect(ended).toMatch(/\n\n$/);
});
