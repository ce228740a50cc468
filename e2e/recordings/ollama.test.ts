import { afterAll, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { type RecorderProcess, recordingsFolder, startRecorder } from '../../harness/suite/recorder.ts';
import { skip } from '../../harness/suite/skip.ts';
import { directUrl, isReplayed, service } from '../../harness/suite/stack.ts';

// What the tiny model of Ollama wrote, replayed without it. `--mode record --profiles core,ollama` asks it anew.

const folder = 'e2e/recordings/ollama';
let recorder: RecorderProcess;
let base: string;

beforeAll(async () => {
  const ollama = directUrl('ollama');
  const isRecording = /^record/.test(process.env.GAUNTLET_RECORDED ?? '') && ollama !== undefined;
  recorder = await startRecorder(isRecording ? 'record' : 'replay', folder, undefined, {
    RECORDER_UPSTREAMS: JSON.stringify({ ollama: ollama ?? 'http://127.0.0.1:9' }),
  });
  base = `${recorder.url}/t/${encodeURIComponent('recordings/ollama')}`;
});
afterAll(() => recorder.stop());

const messages = [{ role: 'user' as const, content: 'Tell me a story' }];
const sentence = 'The quick brown fox';

test('lines of its own API come as they were written, and the last one is told to be', async () => {
  const body = JSON.stringify({ model: 'tiny', messages, options: { num_predict: 8 } });
  const answer = await fetch(`${base}/api/chat`, { method: 'POST', body });
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
  const lines = (await answer.text())
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { readonly message: { readonly content: string }; readonly done: boolean },
    );
  expect(lines.map(({ message }) => message.content).join('')).toContain(sentence);
  expect(lines.findIndex(({ done }) => done)).toBe(lines.length - 1);
});

test('the official client reads a stream of its compatible API', async () => {
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'unused', maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: 'tiny',
    messages,
    stream: true,
    max_tokens: 8,
  });
  let text = '';
  let finish: string | null | undefined;
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? '';
    finish = choices[0]?.finish_reason ?? finish;
  }
  expect([text, finish]).toEqual([expect.stringContaining(sentence), 'length']);
});

test('a model that it does not have is refused as it refused it', async () => {
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'unused', maxRetries: 0 });
  const asked = client.chat.completions.create({ model: 'nobody', messages });
  await expect(asked).rejects.toMatchObject({ status: 404, message: expect.stringContaining('nobody') });
});

test('what Ollama of the stack says is recorded, and said again without it, line by line', async () => {
  if (isReplayed()) skip('Ollama is not started in replay');
  const ollama = directUrl('ollama') ?? service('ollama').url;
  using anew = recordingsFolder();
  const tell = async (mode: 'record' | 'replay', url: string) => {
    const own = await startRecorder(mode, anew.path, undefined, {
      RECORDER_UPSTREAMS: JSON.stringify({ ollama: url }),
    });
    try {
      const body = JSON.stringify({ model: 'tiny', messages, options: { num_predict: 8 } });
      const answer = await fetch(`${own.url}/api/chat`, { method: 'POST', body });
      const text = await answer.text();
      const { upstream, replayed } = await own.report();
      return { status: answer.status, text, upstream, replayed };
    } finally {
      await own.stop();
    }
  };
  const recorded = await tell('record', ollama);
  expect(recorded).toMatchObject({ status: 200, upstream: 1, replayed: 0 });
  expect(recorded.text.split('\n').length).toBeGreaterThan(3);
  const replayed = await tell('replay', 'http://127.0.0.1:9');
  expect(replayed).toEqual({ ...recorded, upstream: 0, replayed: 1 });
});
