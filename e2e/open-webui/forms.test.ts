import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chunksOf, postForStream, textOf } from '../../harness/suite/event-stream.ts';
import {
  type Admin,
  bearerOf,
  newPerson,
  type Person,
  signIn,
} from '../../harness/suite/open-webui/admin.ts';
import { ask, askForJson, listedModels } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, pipeText, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { service } from '../../harness/suite/stack.ts';

let admin: Admin;
let person: Person;
let pipes: ImportedPipes;
let forms: string;
let workers: EveryWorker;

beforeAll(async () => {
  admin = await signIn();
  person = await newPerson(admin);
  pipes = new ImportedPipes(admin);
  const probe = await pipes.add('probe', probeText());
  forms = await pipes.add('forms', pipeText('forms_pipe'));
  workers = await everyWorker(person.client, probe);
}, 120_000);
afterAll(async () => {
  await workers?.close();
  await person?.remove();
  await pipes?.removeAll();
});

const answered = ['text', 'generator', 'async-generator', 'chunks', 'lines', 'whole'];
const inEveryWorker = <T>(what: (worker: Admin) => Promise<T>) => Promise.all(workers.admins.map(what));
const valuesOf = (worker: Admin) =>
  askForJson<{ GREETING: string; TIMES: number; TONE: string; pid: number }>(worker, `${forms}.valves`, 'x');

const streamOf = (form: string) =>
  postForStream({
    url: `${service('open-webui').url}/api/chat/completions`,
    headers: { authorization: `Bearer ${bearerOf(admin)}` },
    body: { model: `${forms}.${form}`, messages: [{ role: 'user', content: 'x' }], stream: true },
  });

// covers 000/open-webui-pipe-import
test('a manifold is as many models as it names, in every worker, each with the name of both', async () => {
  const { data } = await admin.get<{ data: { id: string; name: string; has_user_valves: boolean }[] }>(
    '/api/models',
  );
  const listed = data.data.filter(({ id }) => id.startsWith(forms));
  expect(listed.map(({ id, name }) => [id, name])).toContainEqual([
    `${forms}.async-generator`,
    'Form async-generator',
  ]);
  expect(listed.every(({ has_user_valves: hasThem }) => hasThem)).toBe(true);
  const seen = await inEveryWorker(listedModels);
  const wanted = listed.map(({ id }) => id);
  expect(wanted.length).toBeGreaterThan(answered.length);
  expect(seen.map((models) => models.filter((id) => id.startsWith(forms)))).toEqual(seen.map(() => wanted));
  expect(wanted).not.toContain(forms);
});

// covers 000/open-webui-pipe-import
// covers 000/upstream-streaming
test('whatever form a pipe answers in, the streamed answer has its words in order, one finish and one [DONE]', async () => {
  const streams = await Promise.all(answered.map(streamOf));
  expect(streams.map(textOf)).toEqual(answered.map(() => 'one two three'));
  expect(streams.map(({ body }) => body.split('data: [DONE]').length)).toEqual(answered.map(() => 2));
  expect(
    streams.map(({ data }) => data.filter((each) => /"finish_reason": ?"stop"/.test(each)).length),
  ).toEqual(answered.map(() => 1));
  // One piece for each word that it gives by itself.
  const pieces = streams.map(
    (stream) => chunksOf(stream).filter(({ choices }) => choices?.[0]?.delta?.content).length,
  );
  expect(pieces).toEqual([1, 3, 3, 3, 3, 3]);
});

// covers 000/open-webui-pipe-import
test('text, generators and a whole completion are whole answers in every worker', async () => {
  const asked = answered.filter((form) => form !== 'chunks' && form !== 'lines');
  const answers = await inEveryWorker((worker) =>
    Promise.all(asked.map((form) => ask(worker, `${forms}.${form}`, 'x'))),
  );
  expect(answers).toEqual(workers.admins.map(() => asked.map(() => 'one two three')));
});

// covers 000/open-webui-pipe-import
test.each([
  ['a plain function', "def pipe(self, body):\n        return 'one two three'"],
  ['a generator itself', "def pipe(self, body):\n        yield 'one '\n        yield 'two three'"],
  [
    'an async generator itself',
    "async def pipe(self, body):\n        yield 'one '\n        yield 'two three'",
  ],
])('a pipe that is %s answers in every worker', async (_, method) => {
  const id = await pipes.add('method', `class Pipe:\n    ${method}\n`);
  await inEveryWorker(listedModels);
  expect(await inEveryWorker((worker) => ask(worker, id, 'x'))).toEqual(
    workers.admins.map(() => 'one two three'),
  );
});

// covers 000/open-webui-pipe-import
test('an error before the first word is told as an error, whole and streamed, and never as an answer', async () => {
  const said = await inEveryWorker((worker) => ask(worker, `${forms}.fails`, 'x').catch(String));
  expect(said).toEqual(workers.admins.map(() => expect.stringContaining('failed before the first word')));
  const stream = await streamOf('fails');
  expect(stream.body).toMatch(/"error".*failed before the first word/);
  expect(stream.body).not.toMatch(/"finish_reason": ?"stop"|\[DONE\]/);
});

// covers 000/upstream-streaming
test('an error inside an answer is no end of it: the words before it have come, then an error, and no finish', async () => {
  const stream = await streamOf('fails-inside');
  expect(textOf(stream)).toBe('one two ');
  expect(stream.body).toMatch(/data: \{"error"/);
  expect(stream.body).not.toMatch(/"finish_reason": ?"stop"/);
  const whole = await ask(admin, `${forms}.fails-inside`, 'x').catch(String);
  expect(whole).not.toBe('one two ');
  expect(whole).toMatch(/Error/);
});

// covers 000/open-webui-pipe-import
test('valves that were set through one worker hold in the other from the next question on', async () => {
  const [first = admin, second = admin] = workers.admins;
  const path = `/api/v1/functions/id/${forms}/valves`;
  expect((await first.get(`${path}/spec`)).data.properties).toHaveProperty('TIMES.type', 'integer');
  expect((await first.post(`${path}/update`, { GREETING: 'good day', TIMES: 3 })).status).toBe(200);
  expect(await valuesOf(second)).toMatchObject({ GREETING: 'good day', TIMES: 3 });
  expect((await second.post(`${path}/update`, { TIMES: 'many' })).status).toBe(400);
  expect(await valuesOf(first)).toMatchObject({ GREETING: 'good day', TIMES: 3 });
  // One that was not set has its default again.
  expect((await second.post(`${path}/update`, { GREETING: 'good night' })).status).toBe(200);
  const values = await inEveryWorker(valuesOf);
  expect(values).toEqual(values.map(() => expect.objectContaining({ GREETING: 'good night', TIMES: 1 })));
  expect(new Set(values.map(({ pid }) => pid)).size).toBe(workers.admins.length);
});

// covers 000/open-webui-pipe-import
test('valves of a person are theirs alone, in every worker', async () => {
  const other = await newPerson(admin);
  const [first = admin] = workers.admins;
  const set = await first.post(`/api/v1/functions/id/${forms}/valves/user/update`, { TONE: 'warm' });
  expect(set.status).toBe(200);
  expect((await inEveryWorker(valuesOf)).map(({ TONE }) => TONE)).toEqual(workers.admins.map(() => 'warm'));
  expect((await valuesOf(other.client)).TONE).toBe('plain');
  await other.remove();
});
