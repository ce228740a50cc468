import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bodyOf, TestEdge } from './test-edge.ts';

let edge: TestEdge;

/** Answers tell how many requests came before, and are never the same in what is random. */
beforeEach(async () => {
  let count = 0;
  edge = await TestEdge.before(async (request, response) => {
    const { prompt } = await bodyOf(request);
    count += 1;
    const said = { id: `chatcmpl-${Math.random()}`, created: Date.now(), text: `${prompt} ${count}` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(said));
  });
});
afterEach(() => edge.close());

const textIn = async (answer: Response) => ((await answer.json()) as { text: string }).text;

test('what was recorded is replayed, and the provider is not asked', async () => {
  const recording = await edge.start('record');
  const recorded = await recording.text('/v1/chat', { prompt: 'Hi' });
  const replaying = await edge.start('replay');
  expect(await replaying.text('/v1/chat', { prompt: 'Hi' })).toBe(recorded);
  expect(edge.asked).toBe(1);
  expect(replaying.report()).toMatchObject({
    requests: 1,
    replayed: 1,
    upstream: 0,
    misses: [],
    leftovers: [],
  });
});

test('replay is the mode unless another one is asked for', async () => {
  const plain = await edge.start('replay', { RECORDER_MODE: '' });
  expect((await plain.post('/v1/chat', {})).status).toBe(599);
  expect(edge.asked).toBe(0);
});

test('a changed prompt is a miss that names the closest recording and what differs', async () => {
  await (await edge.start('record')).text('/t/suite%2Ffile%2Ftest/v1/chat', {
    prompt: 'What is 2+2?',
    n: [1, 2],
  });
  const replaying = await edge.start('replay');
  const answer = await replaying.post('/t/suite%2Ffile%2Ftest/v1/chat', { prompt: 'What is 2+3?', n: [1] });
  expect(answer.status).toBe(599);
  expect(await answer.json()).toMatchObject({
    error: {
      type: 'recording_missing',
      code: 'RECORDING_MISSING',
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      scope: 'suite/file/test',
      reason: 'unknown',
      closest: edge.files[0],
      diff: ['body.prompt: "What is 2+2?" → "What is 2+3?"', 'body.n[1]: 2 → (nothing)'],
      message: expect.stringContaining('--mode record-if-missing'),
    },
  });
  const report = replaying.report();
  expect(report.misses).toMatchObject([{ times: 1, closest: { file: edge.files[0] } }]);
  expect(report.leftovers).toMatchObject([{ file: edge.files[0], used: 0, of: 1 }]);
  await replaying.post('/t/suite%2Ffile%2Ftest/v1/chat', { prompt: 'What is 2+3?', n: [1] });
  expect(replaying.report().misses).toMatchObject([{ times: 2 }]);
});

test('record-if-missing asks for what is new and leaves the rest byte for byte', async () => {
  await (await edge.start('record')).text('/v1/chat', { prompt: 'old' });
  const before = edge.text();
  const filling = await edge.start('record-if-missing');
  expect(await textIn(await filling.post('/v1/chat', { prompt: 'old' }))).toBe('old 1');
  expect(await textIn(await filling.post('/v1/chat', { prompt: 'new' }))).toBe('new 2');
  expect(edge.files).toHaveLength(2);
  expect(filling.report()).toMatchObject({ upstream: 1, recorded: 1, replayed: 1 });
  const again = await edge.start('record-if-missing');
  await again.text('/v1/chat', { prompt: 'new' });
  await again.text('/v1/chat', { prompt: 'old' });
  expect(again.report()).toMatchObject({ upstream: 0, replayed: 2, written: [] });
  expect(edge.files.map((file) => edge.text(file))).toContain(before);
});

test('record writes over what is asked again, and lists what is not', async () => {
  const first = await edge.start('record');
  await first.text('/v1/chat', { prompt: 'a' });
  await first.text('/v1/chat', { prompt: 'b' });
  const before = new Map(edge.files.map((file) => [file, edge.text(file)]));
  const second = await edge.start('record');
  await second.text('/v1/chat', { prompt: 'a' });
  const { written, leftovers } = second.report();
  expect(written).toHaveLength(1);
  expect(edge.text(written[0])).toContain('a 3');
  expect(leftovers).toHaveLength(1);
  const stale = leftovers[0]?.file ?? '';
  expect(edge.text(stale)).toBe(before.get(stale));
});

test('live reads and writes nothing, and asks for each request', async () => {
  await (await edge.start('record')).text('/v1/chat', { prompt: 'a' });
  const before = edge.text();
  const live = await edge.start('live', { RECORDER_FOLDER: '' });
  expect(await textIn(await live.post('/v1/chat', { prompt: 'a' }))).toBe('a 2');
  expect(await textIn(await live.post('/v1/chat', { prompt: 'c' }))).toBe('c 3');
  expect(live.report()).toMatchObject({ requests: 2, upstream: 2, recorded: 0 });
  expect(edge.files.map((file) => edge.text(file))).toEqual([before]);
});

test('identical requests get their answers in the order of the recording, and none beyond', async () => {
  const recording = await edge.start('record');
  for (const _ of [1, 2]) await recording.text('/v1/chat', { prompt: 'a' });
  const replaying = await edge.start('replay');
  const answers = [];
  for (const _ of [1, 2]) answers.push(await textIn(await replaying.post('/v1/chat', { prompt: 'a' })));
  expect(answers).toEqual(['a 1', 'a 2']);
  const third = await replaying.post('/v1/chat', { prompt: 'a' });
  expect(await third.json()).toMatchObject({ error: { reason: 'exhausted' } });
});

test('answers to requests at once are kept in the order of the requests, whichever is there first', async () => {
  const waiting: (() => void)[] = [];
  const slow = await TestEdge.before((_request, response) => {
    const own = waiting.push(() => response.end(`answer ${own}`));
    // The second is answered first.
    if (own === 2) waiting[1]?.();
  });
  try {
    const recording = await slow.start('record');
    const first = recording.text('/v1/chat', { prompt: 'a' });
    while (waiting.length < 1) await new Promise(setImmediate);
    expect(await recording.text('/v1/chat', { prompt: 'a' })).toBe('answer 2');
    waiting[0]?.();
    await first;
    const replaying = await slow.start('replay');
    const replayed = [];
    for (const _ of [1, 2]) replayed.push(await replaying.text('/v1/chat', { prompt: 'a' }));
    expect(replayed).toEqual(['answer 1', 'answer 2']);
  } finally {
    slow.close();
  }
});

test('what is read may be read more often than it was, since polling is chance', async () => {
  const recording = await edge.start('record');
  await (await fetch(`${recording.url}/v1/models`)).text();
  const replaying = await edge.start('replay');
  const texts = [];
  for (const _ of [1, 2, 3]) texts.push(await (await fetch(`${replaying.url}/v1/models`)).text());
  expect(new Set(texts).size).toBe(1);
  expect(replaying.report().misses).toEqual([]);
});

test('tests with the same request have each their own answer, in any order and at once', async () => {
  const recording = await edge.start('record');
  const scopes = ['a/x.test/one', 'a/x.test/two', 'b/y.test/three'];
  const own = new Map<string, string>();
  for (const scope of scopes)
    own.set(scope, await recording.text(`/t/${encodeURIComponent(scope)}/v1/chat`, { prompt: 'same' }));
  const replaying = await edge.start('replay');
  const all = [...scopes, ...scopes].toReversed().slice(0, 3);
  const got = await Promise.all(
    all.map((scope) => replaying.post('/v1/chat', { prompt: 'same' }, { 'x-gauntlet-test': scope })),
  );
  expect(await Promise.all(got.map((answer) => answer.text()))).toEqual(all.map((scope) => own.get(scope)));
  expect(edge.files.map((file) => file.split('/').slice(0, 3).join('/'))).toEqual([
    'a/x-test/one',
    'a/x-test/two',
    'b/y-test/three',
  ]);
});

test('content tells the test where neither path nor header reach the edge, and operation ids are no part of a key', async () => {
  const prompt = (op: string, scope: string) => ({ prompt: `Hi [[op=${op} test=${scope} tokens=3]] ${op}` });
  const recording = await edge.start('record');
  const first = await recording.text('/v1/chat', prompt('11aa22bb-1', 'a%2Fone'));
  const other = await recording.text('/v1/chat', prompt('33cc44dd-2', 'a%2Ftwo'));
  expect(edge.files).toEqual([expect.stringMatching(/^a\/one\//), expect.stringMatching(/^a\/two\//)]);
  const replaying = await edge.start('replay');
  expect(await replaying.text('/v1/chat', prompt('55ee66ff-3', 'a%2Ftwo'))).toBe(
    other.replaceAll('33cc44dd-2', '55ee66ff-3'),
  );
  expect(await replaying.text('/v1/chat', prompt('77aa88bb-4', 'a%2Fone'))).toBe(
    first.replaceAll('11aa22bb-1', '77aa88bb-4'),
  );
  expect(first).toContain('11aa22bb-1');
  expect(edge.text()).not.toContain('11aa22bb-1');
  const changed = await replaying.post('/v1/chat', {
    prompt: 'Hi [[op=77aa88bb-4 test=a%2Fone tokens=4]] 77aa88bb-4',
  });
  expect(changed.status).toBe(599);
});

test('recording the same again leaves the file as it is, ids, times and slices aside', async () => {
  const folder = edge.folder;
  edge.close();
  let n = 0;
  edge = await TestEdge.before((_request, response) => {
    n += 1;
    response.setHeader('content-type', 'text/event-stream');
    const text = `data: {"id":"chatcmpl-${n}","created":${n},"text":"same"}\n\ndata: [DONE]\n\n`;
    for (const piece of n === 1 ? [text] : [text.slice(0, 30), text.slice(30)]) response.write(piece);
    response.end();
  });
  expect(edge.folder).not.toBe(folder);
  await (await edge.start('record')).text('/v1/chat', { prompt: 'a' });
  const before = edge.text();
  const again = await edge.start('record');
  await again.text('/v1/chat', { prompt: 'a' });
  expect(again.report()).toMatchObject({ upstream: 1, written: [], unchanged: edge.files });
  expect(edge.text()).toBe(before);
});

test('after a rewind another run gets the recordings from their beginning', async () => {
  const recording = await edge.start('record');
  await recording.text('/v1/chat', { prompt: 'a' });
  const replaying = await edge.start('replay');
  await replaying.text('/v1/chat', { prompt: 'a' });
  await replaying.text('/v1/chat', { prompt: 'a' });
  expect(replaying.report()).toMatchObject({ replayed: 1, misses: [{ reason: 'exhausted' }] });
  expect((await replaying.post('/rewind', {})).status).toBe(200);
  expect(replaying.report()).toMatchObject({ requests: 0, replayed: 0, misses: [], used: [] });
  expect((await replaying.post('/v1/chat', { prompt: 'a' })).status).toBe(200);
});

test('a provider that cannot be asked is a failure of the recording, and nothing is kept', async () => {
  const recording = await edge.start('record', { RECORDER_UPSTREAMS: '{"gone":"http://127.0.0.1:9"}' });
  const answer = await recording.post('/v1/chat', { prompt: 'a' });
  expect([answer.status, await answer.json()]).toMatchObject([
    502,
    { error: { code: 'RECORDER_UPSTREAM_UNREACHABLE' } },
  ]);
  expect(recording.report().failures).toMatchObject([{ code: 'RECORDER_UPSTREAM_UNREACHABLE' }]);
  expect(edge.files).toEqual([]);
});
