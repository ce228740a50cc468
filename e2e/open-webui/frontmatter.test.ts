import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, askForJson } from '../../harness/suite/open-webui/chat.ts';
import { requireFromIndex } from '../../harness/suite/open-webui/ordinary-index.ts';
import { ImportedPipes, newPipeId, pipeText, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';

let admin: Admin;
let pipes: ImportedPipes;
const opened: EveryWorker[] = [];

beforeAll(async () => {
  admin = await signIn();
  pipes = new ImportedPipes(admin);
});
afterAll(async () => {
  await pipes?.removeAll();
  await Promise.all(opened.map((workers) => workers.close()));
});

async function workersFor(pipe: string): Promise<readonly Admin[]> {
  const workers = await everyWorker(admin, pipe);
  opened.push(workers);
  return workers.admins;
}

// covers 000/open-webui-frontmatter-install
test('a package that only the served index has is installed in the server and works in every worker', async () => {
  const id = await pipes.add('kit', pipeText('kit_pipe'));
  expect((await pipes.find(id)).data.meta.manifest.requirements).toBe('gauntlet-pipe-kit==1.0');
  const workers = await workersFor(id);
  const answers = await Promise.all(
    workers.map((worker) => askForJson<{ pid: number; kit: string }>(worker, id, '/pid')),
  );
  expect(answers.map(({ kit }) => kit)).toEqual(workers.map(() => '1.0'));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(workers.length);
});

// covers 000/open-webui-frontmatter-install
test('context-compiler of the ordinary index is installed in the server and works in every worker', async () => {
  const requirement = 'context-compiler==0.9.2';
  await requireFromIndex(admin, pipes, requirement);
  const id = await pipes.add('context', pipeText('context_pipe'));
  expect((await pipes.find(id)).data.meta.manifest.requirements).toBe(requirement);
  const workers = await workersFor(id);
  const states = await Promise.all(workers.map((each) => askForJson<object>(each, id, '/state')));
  expect(states.map((state) => Object.keys(state).sort())).toEqual(
    workers.map(() => ['policies', 'premise', 'version']),
  );
});

// covers 000/open-webui-frontmatter-install
test('a pipe whose package no index has is refused and nothing is kept of it', async () => {
  const id = newPipeId('unmet');
  const unmet = pipeText('kit_pipe').replace('gauntlet-pipe-kit==1.0', 'gauntlet-pipe-kit==99.0');
  expect((await pipes.create(id, unmet)).status).toBe(400);
  expect((await pipes.find(id)).status).toBe(401);
});

// Only a first line of exactly three quotes opens the frontmatter; the rest is a comment to Open WebUI.
// covers 000/open-webui-frontmatter-install
test('frontmatter that does not begin on the first line is no frontmatter: nothing is installed for it', async () => {
  const text = `# A comment first\n${probeText().replace('version: 1.0', 'requirements: gauntlet-pipe-kit==99.0')}`;
  const id = await pipes.add('probe', text);
  expect((await pipes.find(id)).data.meta.manifest).toEqual({});
  const [worker = admin] = await workersFor(id);
  expect(JSON.parse(await ask(worker, id, '/pid'))).toHaveProperty('pid');
});
