import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type Plan, planVersion } from '../../plan/plan.ts';
import counter from '../../workloads/example/counter.ts';
import { demand, type Workload } from '../../workloads/workload.ts';
import { openServerLab } from '../test-lab.ts';
import { runPlan } from './run-plan.ts';

let server: Server;
let close: () => void;

afterEach(() => close());

const plan: Plan = {
  version: planVersion,
  workload: 'counter',
  seed: 1,
  clients: 2,
  phases: [
    {
      steps: [
        { kind: 'operation', id: 'o1', client: 1, name: 'increase', args: { key: 'visits' } },
        { kind: 'operation', id: 'o2', client: 1, name: 'increase', args: { key: 'visits' } },
        { kind: 'operation', id: 'o3', client: 2, name: 'increase', args: { key: 'votes' } },
      ],
    },
  ],
};

/** A lab for a workload on a subject that answers as it is told here. */
async function labOf(subject: RequestListener, changed: Partial<Workload>, operationTimeoutMs = 2_000) {
  server = createServer(subject).listen(0, '127.0.0.1');
  const open = await openServerLab({ ...counter, ...changed }, server, operationTimeoutMs);
  close = open.close;
  return open.lab;
}

const well: RequestListener = (_, response) => void response.end('{"count": 0}');
const refusing: RequestListener = (_, response) => void response.writeHead(422).end('no such field "user"');
const silent: RequestListener = () => undefined;

const asking: Workload['prepare'] = async (run) => {
  await demand(run.client, { path: '/users', body: { name: 'a' } });
  return counter.prepare(run);
};

test('a subject that refuses what is prepared is a coded error that shows its answer', async () => {
  const lab = await labOf(refusing, { prepare: asking });
  await expect(runPlan(lab, plan)).rejects.toMatchObject({
    code: 'GNT_SUBJECT_REFUSED',
    message: 'The subject refused what the workload prepares: POST /users → 422 no such field "user"',
  });
});

test('a workload that stumbles over a refusal is told by the refusal', async () => {
  const prepare: Workload['prepare'] = async (run) => {
    const answer = await run.client.request({ path: '/users' });
    return counter.prepare({ ...run, nonce: answer.json<{ id: string }>().id });
  };
  const lab = await labOf(refusing, { prepare });
  await expect(runPlan(lab, plan)).rejects.toMatchObject({
    code: 'GNT_SUBJECT_REFUSED',
    message: expect.stringContaining('GET /users → 422'),
  });
});

test('a workload that fails by itself says so, with the last answer it had', async () => {
  const prepare: Workload['prepare'] = async ({ client }) => {
    await client.request({ path: '/users' });
    throw new TypeError('no id');
  };
  const lab = await labOf(well, { prepare });
  await expect(runPlan(lab, plan)).rejects.toMatchObject({
    code: 'GNT_PREPARE_FAILED',
    message: 'The workload counter could not prepare its run: no id',
    hint: expect.stringContaining('GET /users → 200 {"count": 0}'),
  });
});

test('a subject that does not answer what is prepared is a coded error, and so is one that is not there', async () => {
  const lab = await labOf(silent, { prepare: asking }, 100);
  await expect(runPlan(lab, plan)).rejects.toMatchObject({
    code: 'GNT_SUBJECT_SILENT',
    message: expect.stringContaining('POST /users: no answer in time'),
  });
  server.close();
  server.closeAllConnections();
  await expect(runPlan(lab, plan)).rejects.toMatchObject({ code: 'GNT_SUBJECT_SILENT' });
});

test('preparing that never ends is given up', async () => {
  const lab = await labOf(well, { prepare: () => new Promise(() => undefined) }, 30);
  await expect(runPlan(lab, plan)).rejects.toMatchObject({
    code: 'GNT_SUBJECT_SILENT',
    message: expect.stringContaining('to prepare: it took longer than 0.3 s'),
  });
});

test('cleaning up that fails or hangs is a note, and the run is judged all the same', async () => {
  const finishing = (finish: () => Promise<void>): Partial<Workload> => ({
    prepare: async (run) => ({ ...(await counter.prepare(run)), finish }),
  });
  const failing = await labOf(
    well,
    finishing(async () => Promise.reject(new Error('gone'))),
  );
  expect((await runPlan(failing, plan)).notes).toEqual(['cleaning up failed: gone']);
  const hanging = { ...failing, ...finishing(() => new Promise(() => undefined)), operationTimeoutMs: 200 };
  const workload = { ...failing.workload, ...finishing(() => new Promise(() => undefined)) };
  const { notes, judgement } = await runPlan({ ...hanging, workload }, plan);
  expect(notes).toEqual([expect.stringContaining('it took longer than 2 s')]);
  expect(judgement.verdict).not.toBe('invalid');
});

test('when a step throws the other lanes end, what was made is removed, and the error comes out', async () => {
  const asked: string[] = [];
  let isFinished = false;
  const prepare: Workload['prepare'] = async (run) => {
    const prepared = await counter.prepare(run);
    return {
      ...prepared,
      meaning: (operation) => {
        if (operation.step.id === 'o3') throw new RangeError('no meaning');
        return prepared.meaning(operation);
      },
      perform: async (operation, client) => {
        asked.push(operation.step.id);
        return prepared.perform(operation, client);
      },
      finish: async () => {
        isFinished = true;
      },
    };
  };
  const late: RequestListener = (_, response) => void delay(50).then(() => response.end('{"count": 0}'));
  const lab = await labOf(late, { prepare });
  await expect(runPlan(lab, plan)).rejects.toThrow('no meaning');
  expect(isFinished).toBe(true);
  expect(asked).toEqual(['o1']);
});

test('completions tell the status of the answer, and whether the bound of the operation ended them', async () => {
  const lab = await labOf(
    (request, response) => {
      if (request.url?.includes('votes')) return;
      response.end('{"count": 0}');
    },
    {},
    1_000,
  );
  const { history } = await runPlan(lab, plan);
  const ends = history.events.filter((event) => event.type !== 'invoke' && event.type !== 'fault');
  expect(ends).toMatchObject([
    { type: 'ok', status: 200 },
    { type: 'ok', status: 200 },
    { type: 'unknown', timedOut: true, error: 'no answer in time' },
  ]);
  expect(ends.map((event) => 'timedOut' in event)).toEqual([false, false, true]);
  expect(history.header).toMatchObject({ timeoutMs: 1_000, run: 1, salt: expect.any(String) });
});
