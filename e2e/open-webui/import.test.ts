import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, askForJson, listedModels } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, newPipeId, probeText } from '../../harness/suite/open-webui/pipes.ts';
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

const answering = (words: string) => `class Pipe:\n    def pipe(self, body):\n        return '${words}'\n`;

// covers 000/live-open-webui
// covers 000/open-webui-pipe-import
test('an imported pipe is inactive, and no model, until it is switched on', async () => {
  const id = newPipeId('probe');
  const created = await pipes.create(id, probeText());
  expect(created.status).toBe(200);
  expect(created.data).toMatchObject({ id, type: 'pipe', is_active: false });
  expect(await listedModels(admin)).not.toContain(id);
  const { data } = await admin.post(`/api/v1/functions/id/${id}/toggle`);
  expect(data.is_active).toBe(true);
  expect(await listedModels(admin)).toContain(id);
});

// covers 000/open-webui-pipe-import
// covers 000/open-webui-frontmatter-install
test('the frontmatter of a pipe becomes its manifest', async () => {
  const id = await pipes.add('probe', probeText());
  expect((await pipes.find(id)).data.meta.manifest).toEqual({
    title: 'Probe',
    description: 'Tells what only the server itself can know. Needs no package.',
    version: '1.0',
  });
});

// covers 000/open-webui-pipe-import
test('an active pipe is a model of every worker and answers in each', async () => {
  const id = await pipes.add('probe', probeText());
  const workers = await workersFor(id);
  const listed = await Promise.all(workers.map(listedModels));
  expect(listed.every((models) => models.includes(id))).toBe(true);
  const answers = await Promise.all(workers.map((worker) => askForJson<{ pid: number }>(worker, id, '/pid')));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(workers.length);
});

// covers 000/open-webui-pipe-import
test('a text that is no Python is refused and nothing is kept of it', async () => {
  const id = newPipeId('broken');
  expect((await pipes.create(id, 'class Pipe: this is no Python')).status).toBe(400);
  expect((await pipes.find(id)).status).toBe(401);
});

// covers 000/open-webui-pipe-import
test('a module without a pipe in it is refused', async () => {
  expect((await pipes.create(newPipeId('empty'), 'answer = 42\n')).status).toBe(400);
});

// covers 000/open-webui-pipe-import
test('an id that is taken is refused, and the pipe that has it stays', async () => {
  const id = await pipes.add('first', answering('first'));
  expect((await pipes.create(id, answering('second'))).status).toBe(400);
  expect((await pipes.find(id)).data.content).toBe(answering('first'));
});

// covers 000/open-webui-pipe-import
test('an update is what every worker answers with from then on', async () => {
  const id = await pipes.add('changing', answering('before'));
  const workers = await workersFor(id);
  expect(await Promise.all(workers.map((worker) => ask(worker, id, 'Hello')))).toEqual(
    workers.map(() => 'before'),
  );
  expect((await pipes.update(id, answering('after'))).status).toBe(200);
  expect(await Promise.all(workers.map((worker) => ask(worker, id, 'Hello')))).toEqual(
    workers.map(() => 'after'),
  );
});

// covers 000/open-webui-pipe-import
test('an update that does not load is refused, and the earlier text is kept and goes on answering', async () => {
  const id = await pipes.add('kept', answering('kept'));
  const workers = await workersFor(id);
  expect((await pipes.update(id, 'import no_such_module\n')).status).toBe(400);
  const { data } = await pipes.find(id);
  expect(data).toMatchObject({ content: answering('kept'), is_active: true });
  expect(await Promise.all(workers.map((worker) => ask(worker, id, 'Hello')))).toEqual(
    workers.map(() => 'kept'),
  );
});

// covers 000/open-webui-pipe-import
test('a removed pipe is gone: no model, no answer', async () => {
  const id = await pipes.add('leaving', answering('here'));
  const [worker = admin] = await workersFor(id);
  expect(await ask(worker, id, 'Hello')).toBe('here');
  await pipes.remove(id);
  expect(await listedModels(worker)).not.toContain(id);
  await expect(ask(worker, id, 'Hello')).rejects.toThrow('400');
});

// covers 000/open-webui-pipe-import
test('only an administrator may import a pipe', async () => {
  const nobody = await admin.post(
    '/api/v1/functions/create',
    {},
    { headers: { Authorization: 'Bearer none' } },
  );
  expect(nobody.status).toBe(401);
});
