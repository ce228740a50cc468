import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Journal } from '../journal.ts';
import { createServer } from '../server.ts';

let server: FastifyInstance;

beforeAll(() => {
  const pacing = { ttftMs: 0, tokensPerSecond: 0 };
  server = createServer({ journal: new Journal(10), pacing, log: pino({ level: 'silent' }) });
});

afterAll(() => server.close());

const transcribe = (payload: object) => server.inject({ method: 'POST', url: '/transcribe', payload });

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.from(`${name}....`);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function wav(comment: string): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt32LE(1_000, 8);
  const info = Buffer.concat([Buffer.from('INFO'), chunk('ICMT', Buffer.from(comment))]);
  const chunks = [chunk('fmt ', format), chunk('LIST', info), chunk('data', Buffer.alloc(500))];
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

test('hears the comment of a recording, by sentences, in its time', async () => {
  const answer = await transcribe({ audio_b64: wav('Good morning. It rains.').toString('base64') });
  expect(answer.json()).toEqual([
    { start: 0, end: 0.25, text: ' Good morning.' },
    { start: 0.25, end: 0.5, text: ' It rains.' },
  ]);
});

test('refuses a recording that was cut off, and one that is none', async () => {
  const cut = await transcribe({ audio_b64: wav('Hello.').subarray(0, 200).toString('base64') });
  const none = await transcribe({ audio_b64: Buffer.from('Hello.').toString('base64') });
  expect([cut.statusCode, none.statusCode]).toEqual([400, 400]);
});

test('refuses with the status that a recording asks for', async () => {
  const answer = await transcribe({ audio_b64: wav('[[status=429]]').toString('base64') });
  expect(answer.statusCode).toBe(429);
});
