import { expect, test } from '@jest/globals';
import fastify from 'fastify';
import { type EventStream, frame, openEventStream } from './sse.ts';

test('an object is one data line of JSON', () => {
  expect(frame({ a: 'x\ny' })).toBe('data: {"a":"x\\ny"}\n\n');
});

test('every line of a text gets its own data line', () => {
  expect(frame('a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n');
});

test('an event name comes before the data', () => {
  expect(frame('[DONE]', 'end')).toBe('event: end\ndata: [DONE]\n\n');
});

test('the headers do not wait for the first event', async () => {
  const app = fastify();
  let stream: EventStream | undefined;
  app.get('/', (_request, reply) => {
    stream = openEventStream(reply);
  });
  try {
    const answer = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }), {
      signal: AbortSignal.timeout(5_000),
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await stream?.send('late');
    stream?.end();
    expect(await answer.text()).toBe('data: late\n\n');
  } finally {
    await app.close();
  }
});
