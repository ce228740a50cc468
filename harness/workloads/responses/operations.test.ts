import { expect, test } from '@jest/globals';
import type { Client, Meaning, Operation } from '../workload.ts';
import { recall, tell } from './chains.ts';
import { begin, finish, poll } from './jobs.ts';
import type { ResponsesRun } from './run.ts';
import { build, forget, intrude, keep, look } from './slots.ts';
import { hear } from './talks.ts';

const newRun = (...ids: readonly (readonly [string, string])[]): ResponsesRun =>
  ({ model: 'scripted', headers: {}, strangerHeaders: { authorization: 'x' }, ids: new Map(ids) }) as never;
const operation = (name: string, key: string): Operation => ({
  id: 'o3-5f1c',
  name,
  key,
  mark: '[[op=o3-5f1c]]',
  step: { kind: 'operation', id: 'o3', client: 1, name, args: { key } },
});
const clientOf = (body: object, status = 200): Client => ({
  request: async () => ({ status, headers: {}, text: JSON.stringify(body), json: <T>() => body as T }),
  stream: async () => {
    throw new Error('no stream is asked for');
  },
});
const saying = (text: string) => ({ id: 'resp_2', status: 'completed', output: [{ content: [{ text }] }] });

test('a chain goes on from the response that was acknowledged last', async () => {
  const run = newRun(['chain1', 'resp_1']);
  const written = (tell.meaning(operation('tell', 'chain1'), run) as Meaning).value;
  expect(await tell.perform(operation('tell', 'chain1'), clientOf(saying('Nice')), run)).toMatchObject({
    type: 'ok',
  });
  expect(run.ids.get('chain1')).toBe('resp_2');
  const asked = clientOf(saying(`Your name is ${written}.`));
  expect(await recall.perform(operation('recall', 'chain1'), asked, run)).toMatchObject({ value: written });
});

test('a turn that was not acknowledged is not gone on from', async () => {
  const run = newRun(['chain1', 'resp_1']);
  await tell.perform(operation('tell', 'chain1'), clientOf({}, 503), run);
  expect(run.ids.get('chain1')).toBe('resp_1');
});

test('a previous response that is not found is nothing that was told', async () => {
  const lost = clientOf({ error: { code: 'previous_response_not_found' } }, 400);
  const run = newRun(['chain1', 'resp_1']);
  expect(await recall.perform(operation('recall', 'chain1'), lost, run)).toMatchObject({
    type: 'ok',
    value: null,
  });
});

test('building on a response tells whether it is there', async () => {
  const run = newRun(['kept1', 'resp_1']);
  expect(build.meaning(operation('build', 'kept1'), run)).toEqual([
    { part: 'life', does: 'look', key: 'responses', value: 'resp_1' },
  ]);
  const built = await build.perform(operation('build', 'kept1'), clientOf(saying('secret')), run);
  expect(built).toMatchObject({ type: 'ok', parts: { life: { value: true } } });
  expect(run.ids.get('kept1')).toBe('resp_1');
  const lost = clientOf({ error: { code: 'previous_response_not_found' } }, 400);
  const refused = await build.perform(operation('build', 'kept1'), lost, run);
  expect(refused).toMatchObject({ type: 'ok', parts: { life: { value: false } } });
});

test('a slot is a register and an item at once', async () => {
  const run = newRun();
  const kept = await keep.perform(operation('keep', 'kept1'), clientOf(saying('secret')), run);
  expect(kept).toMatchObject({ type: 'ok', parts: { life: { value: 'resp_2' } } });
  expect(look.meaning(operation('look', 'kept1'), run)).toEqual([
    { part: 'life', does: 'look', key: 'responses', value: 'resp_2' },
    { part: 'text', does: 'read', key: 'kept1' },
  ]);
  const seen = await look.perform(operation('look', 'kept1'), clientOf(saying('secret')), run);
  expect(seen).toMatchObject({ parts: { life: { value: true }, text: { value: 'secret' } } });
  const gone = await look.perform(operation('look', 'kept1'), clientOf({}, 404), run);
  expect(gone).toMatchObject({ type: 'ok', parts: { life: { value: false }, text: { value: null } } });
});

test('what is deleted is the response that was in the slot when the deletion was told', async () => {
  const run = newRun(['kept1', 'resp_1']);
  forget.meaning(operation('forget', 'kept1'), run);
  run.ids.set('kept1', 'resp_2');
  const paths: string[] = [];
  const client = clientOf({});
  const noting: Client = {
    ...client,
    request: (request) => {
      paths.push(`${request.method} ${request.path}`);
      return client.request(request);
    },
  };
  await forget.perform(operation('forget', 'kept1'), noting, run);
  expect(paths).toEqual(['DELETE /v1/responses/resp_1']);
});

test('an empty slot has nothing to look at', async () => {
  const run = newRun();
  expect(look.meaning(operation('look', 'kept1'), run)).toEqual({ does: 'other' });
  await expect(look.perform(operation('look', 'kept1'), clientOf({}), run)).rejects.toThrow(
    'nothing was kept',
  );
});

test('what a stranger was shown is kept whole, whatever its status', async () => {
  const run = newRun(['kept1', 'resp_1']);
  intrude.meaning(operation('intrude', 'kept1'), run);
  const shown = await intrude.perform(operation('intrude', 'kept1'), clientOf({ a: 'secret-x' }, 404), run);
  expect(shown).toEqual({ type: 'ok', status: 404, value: '{"a":"secret-x"}' });
});

test('a conversation is what its users said, told by their operations', async () => {
  const item = (role: string, text: string) => ({ role, content: [{ text }] });
  const items = {
    data: [item('user', 'Hello [[op=o1-ab]] [[say=yes]]'), item('assistant', 'yes [[op=o9]]')],
  };
  const heard = await hear.perform(operation('hear', 'talk1'), clientOf(items), newRun(['talk1', 'conv_1']));
  expect(heard).toMatchObject({ type: 'ok', value: ['o1-ab'] });
});

test('a job that was not begun has no state', async () => {
  const run = newRun();
  expect(poll.meaning(operation('poll', 'job1'), run)).toEqual({ does: 'other' });
  const asked = poll.perform(operation('poll', 'job1'), clientOf({}), run);
  await expect(asked).rejects.toThrow('it was not begun yet');
});

test('a job is a task named after the operation that began it', async () => {
  const run = newRun();
  const beginning = { ...operation('begin', 'job1'), id: 'o1-ab' };
  expect(begin.meaning(beginning, run)).toEqual({ does: 'start', key: 'o1-ab' });
  await begin.perform(beginning, clientOf({ id: 'resp_1', status: 'queued' }), run);
  expect(poll.meaning(operation('poll', 'job1'), run)).toEqual({ does: 'status', key: 'o1-ab' });
  const state = await poll.perform(operation('poll', 'job1'), clientOf({ status: 'queued' }), run);
  expect(state).toMatchObject({ value: 'queued' });
});

test('a job that is waited for is asked for until it has ended', async () => {
  const states = ['queued', 'queued', 'in_progress', 'completed'];
  const client: Client = {
    ...clientOf({}),
    request: async () => {
      const body = { id: 'resp_1', status: states.shift() };
      return { status: 200, headers: {}, text: '', json: <T>() => body as T };
    },
  };
  const run = newRun();
  expect(await finish.perform(operation('finish', 'job1'), client, run)).toMatchObject({
    type: 'ok',
    parts: { state: { value: 'completed' } },
  });
  expect(states).toEqual([]);
  expect(run.ids.get('job1')).toBe('resp_1');
});
