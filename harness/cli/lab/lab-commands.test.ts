import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { GauntletProcess, newFolder, untilGone } from '../gauntlet-process.ts';

/** A workload of one register that is only read, on the fixture's server, which answers everything; `perform` says what becomes of it. */
function workloadFile(folder: string, perform: string): string {
  const file = join(folder, 'mine.mjs');
  writeFileSync(
    file,
    `export default {
      name: 'mine', service: 'web', summary: 'a register read',
      shape: ({ workers }) => ({
        name: 'mine', service: 'web', clients: 2, workers,
        operations: [{ name: 'set', keys: ['a'] }, { name: 'get', keys: ['a'] }],
      }),
      checks: () => [{ checker: 'stale-read' }, { checker: 'cancel-upstream', withinMs: 100 }],
      lastReads: { a: 'get' },
      prepare: async () => {
        let last = null;
        return {
          meaning: ({ name, id }) => name === 'set' ? { does: 'write', value: id } : { does: 'read' },
          perform: async ({ name, id }, client) => { ${perform} },
        };
      },
    };`,
  );
  return file;
}

const answers = `await client.request({ path: '/health' });
  if (name === 'set') { last = id; return { type: 'ok' }; }
  return { type: 'ok', value: last };`;
const refuses = `return { type: 'fail', error: '409 refused' };`;
const stack = ['--driver', 'process', '--profiles', 'core'];

test('a hunt that is interrupted says what it had, and leaves nothing behind', async () => {
  const folder = newFolder();
  const workload = workloadFile(folder, answers);
  const run = new GauntletProcess(
    ['hunt', '--workload', workload, ...stack, '--results', join(folder, 'results'), '--json'],
    {},
    folder,
  );
  await run.said(/hunting · mine/);
  run.child.kill('SIGINT');
  expect(await run.exit()).toBe(1);
  expect(run.output).toMatch(/\d+ plans, \d+ operations in/);
  expect(run.output).toMatch(/covered \d+ of 8 pairs/);
  expect(run.output).toMatch(/^\{"verdict":.*"covered":\{"pairs":\{"covered"/m);
  expect(run.output).toContain('GNT_INTERRUPTED');
  await untilGone(run.runId);
}, 60_000);

test('a hunt says what it judged, and what it never had anything to judge of', async () => {
  const folder = newFolder();
  const workload = workloadFile(folder, answers);
  const args = [
    '--workload',
    workload,
    ...stack,
    '--results',
    join(folder, 'results'),
    '--runs',
    '6',
    '--seed',
    '1',
    '--json',
  ];
  const run = new GauntletProcess(['hunt', ...args], {}, folder);
  expect(await run.exit()).toBe(0);
  expect(run.output).toMatch(/judged in 6 runs: stale-read [1-6]\n/);
  expect(run.output).toMatch(/not judged: cancel-upstream \(.+\)/);
  expect(run.output).toContain('✔ mine: nothing found    valid');
  expect(run.output).toMatch(/"notJudged":\[\{"checker":"cancel-upstream","reason":"[^"]+"\}\]/);
}, 60_000);

test('a replay of which every run was vacuous is not green', async () => {
  const folder = newFolder();
  const workload = workloadFile(folder, refuses);
  const plan = join(folder, 'plan.json');
  const step = { kind: 'operation', id: 'o1', client: 1, name: 'get', args: { key: 'a' } };
  const phases = [{ steps: [step] }];
  writeFileSync(plan, JSON.stringify({ version: 1, workload: 'mine', seed: 0, clients: 1, phases }));
  const args = [
    '--workload',
    workload,
    ...stack,
    '--results',
    join(folder, 'results'),
    '--times',
    '2',
    '--json',
  ];
  const run = new GauntletProcess(['replay', plan, ...args], {}, folder);
  expect(await run.exit()).toBe(1);
  expect(run.output).toMatch(/^\? mine.*not-judged$/m);
  expect(run.output).toContain('vacuous in 2 of 2 runs: no operation succeeded: 409 refused');
  expect(run.output).toMatch(/"verdict":"not-judged"/);
}, 60_000);
