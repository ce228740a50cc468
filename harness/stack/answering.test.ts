import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { untilAnswering } from './answering.ts';

const noPathAfterMs = 400;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with each status in turn, then with the last one for good; notes what it was asked. */
async function answering(...statuses: readonly number[]) {
  const asked: string[] = [];
  const url = await serve(({ url: path = '' }, response) => {
    response.writeHead(statuses[Math.min(asked.length, statuses.length - 1)] ?? 500).end();
    asked.push(path);
  });
  return { url, asked };
}

/** Waits at most so long; what it was told on the way, and whether it became ready. */
async function wait(rule: Parameters<typeof untilAnswering>[0], url: string, boundMs: number) {
  const told: string[] = [];
  const startedAt = performance.now();
  const tell = (why: string) => told.push(why);
  const isReady = await untilAnswering(rule, url, tell, AbortSignal.timeout(boundMs), noPathAfterMs).then(
    () => true,
    () => false,
  );
  return { isReady, told, tookMs: performance.now() - startedAt };
}

test('a service is ready once it answers 200 on its health path, and not while it answers 503', async () => {
  const { url, asked } = await answering(503, 503, 200);
  const { isReady, told } = await wait({ healthPath: '/up' }, url, 20_000);
  expect(isReady).toBe(true);
  expect(asked).toEqual(['/up', '/up', '/up']);
  expect(told).toEqual([`${url}/up answered 503`, `${url}/up answered 503`]);
});

test('one without the path is ready when it has refused nothing but the path for a while', async () => {
  const { url } = await answering(404);
  const { isReady, told, tookMs } = await wait({ healthPath: '/health' }, url, 20_000);
  expect(isReady).toBe(true);
  expect(tookMs).toBeGreaterThan(noPathAfterMs / 2);
  expect(new Set(told)).toEqual(new Set([`${url}/health answered 404`]));
});

test('one that is told to have no health path is ready with its first answer, whatever it is', async () => {
  const { url, asked } = await answering(500);
  const { isReady } = await wait({ healthPath: '/', anyAnswer: true }, url, 20_000);
  expect(isReady).toBe(true);
  expect(asked).toEqual(['/']);
});

test('one that is broken, or now and then, is not taken for one without the path', async () => {
  const broken = await answering(500);
  expect(await wait({ healthPath: '/health' }, broken.url, 900)).toMatchObject({ isReady: false });
  const flickering = await answering(...Array.from({ length: 100 }, (_, at) => (at % 2 === 1 ? 503 : 404)));
  expect(await wait({ healthPath: '/health' }, flickering.url, 1_500)).toMatchObject({ isReady: false });
});

test('nothing at the port is no answer, and the bound ends the wait', async () => {
  const url = await serve(() => undefined);
  for (const close of closers.splice(0)) close();
  const { isReady, told } = await wait({ healthPath: '/', anyAnswer: true }, url, 500);
  expect(isReady).toBe(false);
  expect(told.at(-1)).toMatch(/ECONNREFUSED/);
});

test('a question that the bound cuts short does not hide what the one before it brought', async () => {
  let questions = 0;
  const stop = new AbortController();
  const url = await serve((_, response) => {
    questions += 1;
    if (questions === 1) response.writeHead(503).end();
    else stop.abort(new Error('the bound'));
  });
  const told: string[] = [];
  const ended = untilAnswering({}, url, (why) => told.push(why), stop.signal);
  await expect(ended).rejects.toThrow('the bound');
  expect(told).toEqual([`${url}/ answered 503`]);
});
