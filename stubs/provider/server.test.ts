import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JournalEntry } from './journal.ts';
import { framesIn, startProvider } from './test-provider.ts';

let url: string;
let close: () => Promise<unknown>;
let ask: Awaited<ReturnType<typeof startProvider>>['ask'];
let entryOf: Awaited<ReturnType<typeof startProvider>>['entryOf'];

beforeAll(async () => {
  ({ url, close, ask, entryOf } = await startProvider());
});

afterAll(() => close());

/** Everything that arrived before the connection broke. */
const readUntilBroken = async (answer: Response): Promise<string> => {
  const chunks: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) chunks.push(Buffer.from(chunk));
  })();
  await expect(reading).rejects.toThrow();
  return Buffer.concat(chunks).toString();
};

test('answers a completion with usage and notes it as completed', async () => {
  const answer = (await (await ask('Count to 3 [[op=json]]')).json()) as Record<string, unknown>;
  expect(answer).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: '1, 2, 3' }, finish_reason: 'stop' }],
    usage: { completion_tokens: 3 },
  });
  const entry = await entryOf('json', 'completed');
  expect(entry).toMatchObject({ kind: 'chat', status: 200, framesSent: 1, answerText: '1, 2, 3' });
  expect(JSON.stringify(entry)).not.toContain('private');
});

test('notes parameters that are falsy, and images by their digest', async () => {
  const image_url = { url: 'data:image/png;base64,iVBORw0KGgo=' };
  const content = [
    { type: 'text', text: 'What is this? [[op=image]]' },
    { type: 'image_url', image_url },
  ];
  await ask('', { temperature: 0, messages: [{ role: 'user', content }] });
  const entry = await entryOf('image', 'completed');
  expect(entry.parameters).toEqual({ temperature: 0 });
  expect(entry.imageSha256).toEqual([createHash('sha256').update(image_url.url).digest('hex')]);
});

test('notes what messages are made of: parts, thoughts, calls and whose results, also of malformed ones', async () => {
  const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });
  const content = [{ type: 'text', text: 'Hi [[op=made]]' }];
  const messages = [
    { role: 'user', content },
    { role: 'assistant', content: '', reasoning_content: 'hm', tool_calls: [call('a'), { id: 7 }] },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
  ];
  await ask('', { messages, tools: [call('t')], tool_choice: 'none' });
  expect(await entryOf('made', 'completed')).toMatchObject({
    tools: ['look'],
    toolChoice: 'none',
    messages: [
      { role: 'user', text: 'Hi [[op=made]]', parts: ['text'] },
      {
        role: 'assistant',
        text: '',
        reasoning: 'hm',
        toolCalls: [
          { id: 'a', name: 'look', arguments: '{}' },
          { id: '7', name: 'undefined', arguments: 'undefined' },
        ],
      },
      { role: 'tool', text: 'seen', toolCallId: 'a' },
    ],
  });
});

test('streams role, tokens, finish, usage and one [DONE]', async () => {
  const answer = await ask('Count to 3 [[op=sse]]', {
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const frames = framesIn(await answer.text());
  const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));
  expect(frames.at(-1)).toBe('[DONE]');
  expect(chunks[0].choices[0].delta.role).toBe('assistant');
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('1, 2, 3');
  expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
  expect((await entryOf('sse', 'completed')).framesSent).toBe(frames.length);
});

test('notes what an answer takes, and whether it says so', async () => {
  await (await ask('Count to 3 [[op=told]]')).text();
  const told = await entryOf('told', 'completed');
  expect(told).toMatchObject({ saysUsage: true, usage: { promptTokens: 4, completionTokens: 3 } });
  await (await ask('Count to 3 [[op=quiet]]', { stream: true })).text();
  const quiet = await entryOf('quiet', 'completed');
  expect(quiet).toMatchObject({ saysUsage: false, usage: told.usage });
});

test('streams a tool call whose pieces join to its arguments', async () => {
  const tools = [
    {
      type: 'function',
      function: { name: 'calc', parameters: { properties: { expression: { type: 'string' } } } },
    },
  ];
  const answer = await ask('What is 12 * 3?', { stream: true, tools });
  const chunks = framesIn(await answer.text())
    .slice(0, -1)
    .map((frame) => JSON.parse(frame));
  const deltas = chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? []);
  expect(deltas.every((delta: { index: number }) => delta.index === 0)).toBe(true);
  expect(deltas[0]).toMatchObject({ type: 'function', function: { name: 'calc' } });
  const args = deltas.map((delta: { function: { arguments: string } }) => delta.function.arguments).join('');
  expect(JSON.parse(args)).toEqual({ expression: '12 * 3' });
  expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls');
});

test('cut breaks the connection after the ordered frame', async () => {
  const body = await readUntilBroken(await ask('Count to 9 [[op=cut cut=3]]', { stream: true }));
  expect(framesIn(body)).toHaveLength(3);
  const entry = await entryOf('cut', 'fault');
  expect(entry).toMatchObject({ framesSent: 3, fault: { kind: 'cut', afterFrames: 3 } });
  expect([entry.completedAt, entry.hungUpAt]).toEqual([undefined, undefined]);
});

test('cut breaks a JSON answer in its middle', async () => {
  const body = await readUntilBroken(await ask('Count to 9 [[op=cutjson cut=1]]'));
  expect(() => JSON.parse(body)).toThrow();
  expect((await entryOf('cutjson', 'fault')).framesSent).toBe(0);
});

test('end closes the stream cleanly without finish and [DONE]', async () => {
  const frames = framesIn(await (await ask('Count to 9 [[op=end end=2]]', { stream: true })).text());
  expect(frames).toHaveLength(2);
  expect(frames.join('')).not.toMatch(/\[DONE\]|"finish_reason":"/);
  expect((await entryOf('end', 'fault')).fault?.kind).toBe('end');
});

test('error sends an error frame and no [DONE]', async () => {
  const frames = framesIn(await (await ask('Count to 9 [[op=err error=1]]', { stream: true })).text());
  expect(frames).toHaveLength(2);
  expect(JSON.parse(frames[1] ?? '')).toMatchObject({ error: { type: 'server_error' } });
});

test('a stalled stream stays silent until the client goes, and the journal knows when', async () => {
  const abort = new AbortController();
  const answer = await ask('Count to 9 [[op=stall stall=2]]', { stream: true }, abort.signal);
  expect((await entryOf('stall', 'fault')).hungUpAt).toBeUndefined();
  const leftAt = Date.now();
  abort.abort();
  await answer.text().catch(() => undefined);
  expect((await entryOf('stall', 'hungup')).hungUpAt).toBeGreaterThanOrEqual(leftAt);
});

test('a client that leaves before the first token is noted, with nothing sent', async () => {
  const abort = new AbortController();
  const asking = ask('Hi [[op=early ttft=60000]]', { stream: true }, abort.signal);
  await entryOf('early', 'arrived');
  abort.abort();
  await expect(asking).rejects.toThrow();
  expect(await entryOf('early', 'hungup')).toMatchObject({ framesSent: 0, status: null });
});

test('a reader that does not read holds the stream back', async () => {
  const abort = new AbortController();
  await ask('[[op=slow tokens=150000]]', { stream: true }, abort.signal);
  const entries = async () => (await (await fetch(`${url}/journal?op=slow`)).json()) as JournalEntry[];
  let [before, now] = [-1, 0];
  for (let i = 0; i < 50 && (now === 0 || now !== before); i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    [before, now] = [now, (await entries())[0]?.framesSent ?? 0];
  }
  expect(now).toBe(before);
  expect(now).toBeLessThan(150_000);
  abort.abort();
  expect((await entryOf('slow', 'hungup')).completedAt).toBeUndefined();
});

test('paces tokens', async () => {
  const startedAt = performance.now();
  await (await ask('[[tokens=11 ttft=100 tps=100]]', { stream: true })).text();
  expect(performance.now() - startedAt).toBeGreaterThan(100);
});

test('a wait for what does not happen ends with 408', async () => {
  const answer = await fetch(`${url}/journal/wait?op=never&event=arrived&timeoutMs=20`);
  expect(answer.status).toBe(408);
});

test('embeds the same text the same way, and like texts close to each other', async () => {
  const embed = async (input: readonly string[]) => {
    const body = JSON.stringify({ model: 'scripted-embedding', input });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/embeddings`, { method: 'POST', headers, body });
    const { data } = (await answer.json()) as { data: { embedding: number[] }[] };
    return data.map(({ embedding }) => embedding);
  };
  const [blue = [], sky = [], car = []] = await embed([
    'my favorite color is blue',
    'blue color',
    'fast car',
  ]);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  expect(dot(blue, blue)).toBeCloseTo(1);
  expect(dot(blue, sky)).toBeGreaterThan(dot(blue, car));
  expect(await embed(['blue color'])).toEqual([sky]);
});

test('writes down what directives made of an answer, and nothing of an answer that was left alone', async () => {
  await (await ask('Hi [[op=calm say=yes]]', { stream: true })).text();
  expect((await entryOf('calm', 'completed')).disturbed).toBeUndefined();
  await (await ask('Hi [[op=no status=503]]')).text();
  const refused = await entryOf('no', 'completed');
  expect(refused.disturbed).toMatchObject([{ kind: 'status', status: 503 }]);
  await (await ask('Hi [[op=late say=yes ttft=60]]', { stream: true })).text();
  const [late] = (await entryOf('late', 'completed')).disturbed ?? [];
  expect(late).toMatchObject({ kind: 'slow-first-token' });
  // Timers count from the start of their turn of the event loop: they come early where it was long.
  expect(late?.waitedMs).toBeGreaterThan(30);
  await readUntilBroken(await ask('Hi [[op=torn say=a_b_c cut=2]]', { stream: true }));
  const torn = await entryOf('torn', 'fault');
  expect(torn.disturbed).toMatchObject([{ kind: 'cut', afterFrames: 2 }]);
});

test('a fault that is ordered once meets the first request only, and keys are told apart by their digest', async () => {
  const text = 'Hi [[op=once status=429 retry_after=7 times=1]]';
  expect((await ask(text)).status).toBe(429);
  expect((await ask(text)).status).toBe(200);
  const entries = (await (await fetch(`${url}/journal?op=once`)).json()) as readonly JournalEntry[];
  expect(entries.map(({ status }) => status)).toEqual([429, 200]);
  expect(entries[0]?.keySha256).toBe(entries[1]?.keySha256);
  expect(JSON.stringify(entries)).not.toContain('private');
});
