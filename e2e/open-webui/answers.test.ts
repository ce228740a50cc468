import { afterAll, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { chunksOf, postForStream, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { type Admin, bearerOf, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, pipeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ownConnection } from '../../harness/suite/own-connection.ts';
import { service } from '../../harness/suite/stack.ts';

let admin: Admin;
let pipes: ImportedPipes;
let workers: EveryWorker;
let pipe: string;

beforeAll(async () => {
  admin = await signIn();
  pipes = new ImportedPipes(admin);
  pipe = await pipes.add('kit', pipeText('kit_pipe'));
  workers = await everyWorker(admin, pipe);
}, 120_000);
afterAll(async () => {
  await pipes?.removeAll();
  await workers?.close();
});

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');

const askForStream = (mark: string) =>
  postForStream({
    url: `${service('open-webui').url}/api/chat/completions`,
    headers: { authorization: `Bearer ${bearerOf(admin)}` },
    body: { model: pipe, messages: [{ role: 'user', content: `Hello ${mark}` }], stream: true },
  });

// covers 000/live-open-webui
test('a question goes through pipe, gateway and baseline to the provider, and its answer comes back', async () => {
  const { id, mark } = newOperation({ say: 'the pipe works' });
  expect(await ask(admin, pipe, `Hello ${mark}`)).toBe('the pipe works');
  const [entry, ...more] = await journalOf(id);
  expect(entry?.status).toBe(200);
  expect(more).toEqual([]);
});

// covers 000/live-open-webui
test('every worker of Open WebUI answers through the gateway', async () => {
  const operations = workers.admins.map((_, index) => newOperation({ say: `worker ${index}` }));
  const answers = await Promise.all(
    workers.admins.map((worker, index) => ask(worker, pipe, `Hello ${operations[index]?.mark}`)),
  );
  expect(answers).toEqual(workers.admins.map((_, index) => `worker ${index}`));
});

// covers 000/live-open-webui
// covers 000/upstream-streaming
test('an answer is streamed through all of them while the provider still writes it', async () => {
  // The model says the eleventh word only when the client has read the first.
  const { id, mark } = newOperation({ tokens: 20, hold: 11 });
  const client = new OpenAI({
    baseURL: `${service('open-webui').url}/api`,
    apiKey: bearerOf(admin),
    maxRetries: 0,
    defaultHeaders: ownConnection,
  });
  const stream = await client.chat.completions.create({
    model: pipe,
    messages: [{ role: 'user', content: `Hello ${mark}` }],
    stream: true,
  });
  const pieces: string[] = [];
  for await (const { choices } of stream) {
    const text = choices[0]?.delta.content;
    if (text && pieces.push(text) === 1) await release(id);
  }
  expect(pieces.join('')).toBe(words(20));
  expect(pieces.length).toBeGreaterThan(1);
});

// covers 000/upstream-streaming
test('a streamed answer has several chunks, one finish and one [DONE] at its end', async () => {
  const stream = await askForStream(newOperation({ tokens: 5 }).mark);
  expect(stream.status).toBe(200);
  expect(stream.contentType).toMatch(/^text\/event-stream/);
  // Open WebUI ends with a single line feed, so that a strict parser never sees the last event: the text is looked at.
  expect(stream.body.split('data: [DONE]')).toEqual([
    expect.stringContaining('w1'),
    expect.stringMatching(/^\s*$/),
  ]);
  expect(chunksOf(stream).length).toBeGreaterThan(2);
  expect(textOf(stream)).toBe(words(5));
  expect(stream.data.filter((data) => /"finish_reason": ?"stop"/.test(data))).toHaveLength(1);
});

// covers 000/upstream-streaming
test('an answer that breaks off at the provider is an error to the client and has no finish', async () => {
  const { id, mark } = newOperation({ tokens: 10, cut: 4 });
  const stream = await askForStream(mark);
  await waitForJournal(id, 'fault');
  expect(stream.body).toMatch(/"error"/);
  expect(stream.body).not.toMatch(/"finish_reason": ?"stop"/);
});

// covers 000/upstream-streaming
test('a client that leaves a streamed answer ends it at the provider', async () => {
  const { id, mark } = newOperation({ tokens: 8, stall: 4 });
  const leave = new AbortController();
  const reading = postForStream({
    url: `${service('open-webui').url}/api/chat/completions`,
    headers: { authorization: `Bearer ${bearerOf(admin)}` },
    body: { model: pipe, messages: [{ role: 'user', content: `Hello ${mark}` }], stream: true },
    signal: leave.signal,
    onData: () => leave.abort(),
  });
  await expect(reading).rejects.toThrow(/abort/i);
  const entry = await waitForJournal(id, 'hungup', 15_000);
  expect(entry.completedAt).toBeUndefined();
});
