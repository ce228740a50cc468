import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { streamOf } from '../../responses/test-streams.ts';
import { openResponse, responseIn, streamResponse, textIn, typesIn } from './response-stream.ts';
import { startGateway } from './test-gateway.ts';

const events = streamOf([{ says: 'text', deltas: ['one ', 'two'] }]);
const frameOf = (event: { readonly type: string }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

let server: Server;
/** How the gateway answers the next request. */
let answer: (response: ServerResponse, request: IncomingMessage) => void;
beforeAll(async () => {
  server = await startGateway((request, response) => answer(response, request));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = (response) => response.end(events.map(frameOf).join(''));
});

test('a stream is read to its end, with the key of the run, and nothing is found in a good one', async () => {
  let asked = '';
  answer = (response, { method, url, headers }) => {
    asked = `${method} ${url} ${headers.authorization}`;
    response.end(events.map(frameOf).join(''));
  };
  const seen = await streamResponse({ model: 'm' });
  expect(asked).toBe('POST /v1/responses Bearer sk-suite-abc');
  expect(seen).toMatchObject({ status: 200, findings: [], endedCleanly: true });
  expect(textIn(seen.events)).toBe('one two');
  expect(responseIn(seen.events).id).toBe('resp_1');
  expect(typesIn(seen.events)).toHaveLength(events.length - 1);
});

test('what frames and events do wrong is told', async () => {
  answer = (response) => response.end(`${events.slice(0, -1).map(frameOf).join('')}data: [DONE]\n\n`);
  const { findings } = await streamResponse({ model: 'm' });
  expect(findings).toEqual([
    '9 message: a stream of responses has no [DONE] (frame)',
    '9 end: no terminal event came (terminal)',
  ]);
});

test('an event is waited for until it comes, and what came before is there at once', async () => {
  const release = Promise.withResolvers<void>();
  answer = async (response) => {
    response.write(events.slice(0, 5).map(frameOf).join(''));
    await release.promise;
    response.end(events.slice(5).map(frameOf).join(''));
  };
  const open = openResponse({ model: 'm' });
  await open.untilText('one');
  expect(textIn(open.events)).toBe('one ');
  release.resolve();
  expect(await open.until('the end', ({ type }) => type === 'response.completed')).toEqual(events.at(-1));
});

test('a wait for what does not come ends with the stream, and says what came instead', async () => {
  const open = openResponse({ model: 'm' });
  const waiting = open.until('a failure', ({ type }) => type === 'response.failed');
  await expect(waiting).rejects.toThrow(/ended without a failure: response\.created, .*response\.completed$/);
});

test('a connection that breaks is no clean end', async () => {
  answer = (response) => response.write(frameOf(events[0] as never), () => response.destroy());
  expect(await streamResponse({ model: 'm' })).toMatchObject({ status: 200, endedCleanly: false });
});

test('a client that leaves hangs up', async () => {
  const gone = Promise.withResolvers<void>();
  answer = (response) => {
    response.on('close', () => gone.resolve());
    response.write(events.slice(0, 5).map(frameOf).join(''));
  };
  const open = openResponse({ model: 'm' });
  await open.untilText('one');
  open.leave();
  expect((await open.whole).endedCleanly).toBe(false);
  await gone.promise;
});

test('an answer that is no stream is kept as it is', async () => {
  answer = (response) => response.writeHead(429).end('{"error":{"message":"later"}}');
  expect(await streamResponse({ model: 'm' })).toMatchObject({
    status: 429,
    events: [],
    body: '{"error":{"message":"later"}}',
  });
});
