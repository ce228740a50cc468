import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { TestEdge, watch } from './test-edge.ts';

/** Three events whose slices are not their ends, one in the middle of a character. */
const slices = ['data: {"t":"on', 'e"}\n\ndata: {"t":"z\u00c3', '\u00bc"}\n\n', 'data: [DONE]\n\n'];

test('a stream is passed on while it is recorded, and replayed in the same pieces', async () => {
  let go: () => void = () => undefined;
  const edge = await TestEdge.before(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-private': 'p' });
    response.write(Buffer.from(slices[0] ?? '', 'latin1'));
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    for (const slice of slices.slice(1)) {
      // Each in a write of its own, taken by the kernel before the next.
      await new Promise((resolve) => response.write(Buffer.from(slice, 'latin1'), resolve));
    }
    response.end();
  });
  try {
    const recording = await edge.start('record');
    // The rest exists once the client has the first piece, and not before.
    const live = await watch(`${recording.url}/v1/chat`, {}, () => go());
    expect(live.pieces).toEqual(slices);
    const replaying = await edge.start('replay');
    const played = await watch(`${replaying.url}/v1/chat`, {});
    expect(played).toMatchObject({ status: 200, pieces: slices, end: 'complete' });
    expect(played.headers).toMatchObject({ 'content-type': 'text/event-stream' });
    expect(played.headers['x-private']).toBeUndefined();
  } finally {
    edge.close();
  }
});

test('lines of JSON keep their order and their bytes, and stand readable in the file', async () => {
  const lines = ['{"message":{"content":"a"},"done":false}\n', '{"done": true}\n'];
  const edge = await TestEdge.before((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const line of lines) response.write(line);
    response.end();
  });
  try {
    await watch(`${(await edge.start('record')).url}/api/chat`, {});
    expect(edge.recording().answers[0]).toMatchObject({
      body: [{ line: { message: { content: 'a' }, done: false } }, '{"done": true}\n'],
    });
    const played = await watch(`${(await edge.start('replay')).url}/api/chat`, {});
    expect(played.pieces).toEqual(lines);
  } finally {
    edge.close();
  }
});

test.each(['cut', 'reset'] as const)(
  'a stream that ends by a %s after two pieces ends so again',
  async (how) => {
    const edge = await TestEdge.before(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const text of ['data: 1\n\n', 'data: 2\n\n'])
        await new Promise((resolve) => response.write(text, resolve));
      if (how === 'cut') response.socket?.destroySoon();
      else response.socket?.resetAndDestroy();
    });
    try {
      const live = await watch(`${(await edge.start('record')).url}/v1/chat`, {});
      expect(live).toMatchObject({ pieces: ['data: 1\n\n', 'data: 2\n\n'], end: how });
      const replaying = await edge.start('replay');
      expect(await watch(`${replaying.url}/v1/chat`, {})).toEqual({
        ...live,
        headers: expect.objectContaining({ 'content-type': 'text/event-stream' }),
      });
    } finally {
      edge.close();
    }
  },
);

test('a body that ends before its declared length does so again', async () => {
  const edge = await TestEdge.before((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{"half":', () => response.socket?.destroySoon());
  });
  try {
    await watch(`${(await edge.start('record')).url}/v1/chat`, {});
    const played = await watch(`${(await edge.start('replay')).url}/v1/chat`, {});
    expect(played).toMatchObject({ pieces: ['{"half":'], end: 'cut', headers: { 'content-length': '100' } });
  } finally {
    edge.close();
  }
});

test('a refusal is replayed with its status and what it asks for', async () => {
  const edge = await TestEdge.before((_request, response) => {
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '7', 'set-cookie': 'a=b' })
      .end('{"error":{"message":"slow down"}}');
  });
  try {
    await (await edge.start('record')).text('/v1/chat', {});
    const played = await (await edge.start('replay')).post('/v1/chat', {});
    expect([played.status, played.headers.get('retry-after'), played.headers.get('set-cookie')]).toEqual([
      429,
      '7',
      null,
    ]);
    expect(await played.text()).toBe('{"error":{"message":"slow down"}}');
  } finally {
    edge.close();
  }
});

test('a client that leaves is hung up for, and what it got is kept as what it was', async () => {
  let left: Promise<unknown> = Promise.resolve();
  const edge = await TestEdge.before((_request, response) => {
    left = once(response, 'close');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  try {
    const recording = await edge.start('record');
    await watch(`${recording.url}/v1/chat`, {}, (_piece, answer) => answer.destroy());
    await left;
    expect(edge.recording().answers).toMatchObject([{ status: 200, ended: 'left' }]);
    const replaying = await edge.start('replay', { RECORDER_LEAVE_MS: '20' });
    const staying = await watch(`${replaying.url}/v1/chat`, {});
    expect(staying).toMatchObject({ pieces: ['data: 1\n\n'], end: 'reset' });
    expect(replaying.report().misses).toMatchObject([{ reason: 'outrun' }]);
  } finally {
    edge.close();
  }
});

test.each([
  ['leaves before there is an answer', 'left'],
  ['is cut off before there is an answer', 'reset'],
] as const)('a client that %s is so again', async (_, ended) => {
  const edge = await TestEdge.before((request, response) => {
    if (ended === 'reset') request.socket.resetAndDestroy();
    else response.once('close', () => left.abort());
    if (ended === 'left') leaving.abort();
  });
  const leaving = new AbortController();
  const left = new AbortController();
  const ask = (url: string, signal = leaving.signal) => fetch(`${url}/v1/chat`, { method: 'POST', signal });
  try {
    await expect(ask((await edge.start('record')).url)).rejects.toThrow();
    if (ended === 'left' && !left.signal.aborted) await once(left.signal, 'abort');
    expect(edge.recording().answers).toEqual([{ headers: {}, body: [], ended, atMs: [] }]);
    const replaying = await edge.start('replay', { RECORDER_LEAVE_MS: '20' });
    await expect(ask(replaying.url, new AbortController().signal)).rejects.toThrow('fetch failed');
    expect(replaying.report().misses).toHaveLength(ended === 'left' ? 1 : 0);
  } finally {
    edge.close();
  }
});

test('a recording is played at the speed of the provider, or faster', async () => {
  const edge = await TestEdge.before((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    setTimeout(() => response.end('data: 2\n\n'), 300);
  });
  try {
    await watch(`${(await edge.start('record')).url}/v1/chat`, {});
    const timed = async (speed: string) => {
      const { url } = await edge.start('replay', { RECORDER_SPEED: speed });
      const startedAt = performance.now();
      await watch(`${url}/v1/chat`, {});
      return performance.now() - startedAt;
    };
    const { atMs } = edge.recording().answers[0] as { readonly atMs: readonly number[] };
    expect(atMs.at(-1)).toBeGreaterThan(150);
    expect(await timed('recorded')).toBeGreaterThan(150);
  } finally {
    edge.close();
  }
});
