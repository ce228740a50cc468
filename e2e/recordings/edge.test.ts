import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { newOperation } from '../../harness/suite/operation.ts';
import { countingProvider, recordingsFolder, startRecorder } from '../../harness/suite/recorder.ts';
import { service } from '../../harness/suite/stack.ts';

const ask = (url: string, prompt: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }),
  });

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

// covers 002/record-replay
test('with the provider stopped, the official client gets from a recording what it had got', async () => {
  using folder = recordingsFolder();
  const scope = encodeURIComponent('recordings/edge/official client');
  const { url } = service('provider');
  const talk = async (edge: string, op: string) => {
    const openai = new OpenAI({ baseURL: `${edge}/t/${scope}/v1`, apiKey: 'sk-of-nobody', maxRetries: 0 });
    const chunks = [];
    const content = `Count [[op=${op} tokens=5]]`;
    const messages = [{ role: 'user' as const, content }];
    for await (const chunk of await openai.chat.completions.create({
      model: 'scripted',
      messages,
      stream: true,
    }))
      chunks.push(chunk);
    const { data } = await openai.embeddings.create({
      model: 'scripted-embedding',
      input: `Hi [[op=${op}]]`,
    });
    return { chunks, embedding: data[0]?.embedding };
  };
  const recorder = await startRecorder('record', folder.path, url);
  const live = await talk(recorder.url, newOperation().id);
  expect((await recorder.report()).written).toHaveLength(2);
  await recorder.stop();
  const replaying = await startRecorder('replay', folder.path);
  try {
    expect(await talk(replaying.url, newOperation().id)).toEqual(live);
    expect(live.chunks.length).toBeGreaterThan(5);
    expect(await replaying.report()).toMatchObject({ replayed: 2, upstream: 0, misses: [], leftovers: [] });
  } finally {
    await replaying.stop();
  }
});

// covers 002/record-replay
test('a client that swallows a miss does not hide it', async () => {
  using folder = recordingsFolder();
  const recorder = await startRecorder('replay', folder.path);
  try {
    const swallowed = await ask(recorder.url, 'never recorded').then(
      () => 'fine',
      () => 'fine',
    );
    expect(swallowed).toBe('fine');
    expect((await recorder.report()).misses).toMatchObject([{ scope: 'common', times: 1 }]);
  } finally {
    await recorder.stop();
  }
});

test('recorders of two runs write into one folder at once, and each file is whole', async () => {
  using folder = recordingsFolder();
  const provider = await countingProvider((count, _request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ count, text: 'x'.repeat(100_000) })),
  );
  const recorders = await Promise.all([1, 2].map(() => startRecorder('record', folder.path, provider.url)));
  try {
    const asked = recorders.flatMap(({ url }) =>
      Array.from({ length: 20 }, (_, n) => ask(url, `prompt ${n % 4}`)),
    );
    await Promise.all((await Promise.all(asked)).map((answer) => answer.text()));
    await Promise.all(recorders.map(({ report }) => report()));
    const replaying = await startRecorder('replay', folder.path);
    const { leftovers } = await replaying.report();
    await replaying.stop();
    expect(leftovers).toHaveLength(4);
    expect(filesIn(folder.path)).toHaveLength(4);
  } finally {
    await Promise.all(recorders.map(({ stop }) => stop()));
    await provider.stop();
  }
});

// covers 002/recording-dir
test('recordings go to the folder that is named, and only there', async () => {
  using first = recordingsFolder();
  using second = recordingsFolder();
  const provider = await countingProvider((_count, _request, response) => response.end('{}'));
  for (const { path } of [first, second]) {
    const recorder = await startRecorder('record', path, provider.url);
    await (await ask(recorder.url, 'Hi')).text();
    await recorder.stop();
  }
  await provider.stop();
  expect(filesIn(first.path)).toHaveLength(1);
  expect(filesIn(second.path)).toEqual(filesIn(first.path));
});

test('a recording tells what was asked and answered, and nothing of who asked', async () => {
  using folder = recordingsFolder();
  const provider = await countingProvider((_count, _request, response) =>
    response.setHeader('set-cookie', 'session=very-private-value').end('{"said":"yes"}'),
  );
  const recorder = await startRecorder('record', folder.path, provider.url);
  await fetch(`${recorder.url}/v1/chat?key=very-private-value`, {
    method: 'POST',
    headers: { authorization: 'Bearer very-private-value', 'content-type': 'application/json' },
    body: '{"prompt":"Hi"}',
  });
  await recorder.stop();
  await provider.stop();
  const [file = ''] = filesIn(folder.path);
  const text = readFileSync(join(folder.path, file), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    request: { method: 'POST', path: '/v1/chat?key=⟦credential⟧', body: { prompt: 'Hi' } },
    answers: [{ status: 200, body: [{ json: { said: 'yes' } }] }],
  });
  expect(text).not.toContain('very-private-value');
});
