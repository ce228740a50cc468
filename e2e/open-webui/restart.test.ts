/**
 * @alone open-webui
 * @long
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { journalOf } from '../../harness/suite/journal.ts';
import { type Admin, newPerson, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, askForJson } from '../../harness/suite/open-webui/chat.ts';
import { requireFromIndex } from '../../harness/suite/open-webui/ordinary-index.ts';
import { ImportedPipes, pipeText, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { SkipError, skip } from '../../harness/suite/skip.ts';

const kitModule = 'gauntlet_pipe_kit';

let admin: Admin;
let person: Awaited<ReturnType<typeof newPerson>>;
let pipes: ImportedPipes;
let probe: string;
let kit: string;
let context: string | undefined;
let edition: string;
let forms: string;
let hadKit: boolean;
let before: readonly number[];
let workers: EveryWorker;

/** Two active pipes and a state; the package of one is taken away; then the server is restarted. */
beforeAll(async () => {
  admin = await signIn();
  person = await newPerson(admin);
  pipes = new ImportedPipes(admin);
  probe = await pipes.add('probe', probeText());
  kit = await pipes.add('kit', pipeText('kit_pipe'));
  context = await contextPipe();
  edition = await editionThereAndBack();
  forms = await pipes.add('forms', pipeText('forms_pipe'));
  await admin.post(`/api/v1/functions/id/${forms}/valves/update`, { GREETING: 'still here' });
  const old = await everyWorker(person.client, probe);
  before = await pidsOf(old.admins);
  const [worker = admin] = old.admins;
  if (context) await ask(worker, context, 'use docker');
  await askForJson(worker, probe, '/uninstall gauntlet-pipe-kit');
  hadKit = await hasKit(worker);
  await old.close();
  await restartService('open-webui');
  workers = await everyWorker(person.client, probe);
}, 450_000);
afterAll(async () => {
  await workers?.close();
  await person?.remove();
  await pipes?.removeAll();
});

/** A pipe whose package went up to another version and back, while the server ran. */
async function editionThereAndBack(): Promise<string> {
  const text = pipeText('edition_pipe');
  const id = await pipes.add('edition', text);
  for (const version of ['2.0', '1.0']) {
    const { status } = await pipes.update(id, text.replace('edition==1.0', `edition==${version}`));
    if (status !== 200) throw new Error(`the update of ${id} to ${version}: ${status}`);
  }
  return id;
}

/** Undefined where its package cannot be had. */
async function contextPipe(): Promise<string | undefined> {
  try {
    await requireFromIndex(admin, pipes, 'context-compiler==0.9.2');
  } catch (error) {
    if (error instanceof SkipError) return undefined;
    throw error;
  }
  return await pipes.add('context', pipeText('context_pipe'));
}

const hasKit = async (worker: Admin) =>
  (await askForJson<{ has: boolean }>(worker, probe, `/has ${kitModule}`)).has;
const pidsOf = (admins: readonly Admin[]) =>
  Promise.all(admins.map(async (each) => (await askForJson<{ pid: number }>(each, probe, '/pid')).pid));

// covers 000/open-webui-frontmatter-install
test('a package that went missing is installed again before the restarted server is ready', async () => {
  expect(hadKit).toBe(false);
  expect(await Promise.all(workers.admins.map(hasKit))).toEqual(workers.admins.map(() => true));
});

// covers 000/open-webui-pipe-import
test('an active pipe answers in every new worker without another import', async () => {
  const answers = await Promise.all(
    workers.admins.map((worker) => askForJson<{ pid: number; kit: string }>(worker, kit, '/pid')),
  );
  expect(answers.map(({ kit: version }) => version)).toEqual(before.map(() => '1.0'));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(before.length);
});

// covers 000/open-webui-frontmatter-install
test('after an update and a rollback, the restarted server has the version that the pipe asks for', async () => {
  const seen = await Promise.all(
    workers.admins.map((worker) => askForJson<{ imported: string; installed: string }>(worker, edition, 'x')),
  );
  expect(seen).toEqual(before.map(() => expect.objectContaining({ imported: '1.0', installed: '1.0' })));
});

// covers 000/open-webui-pipe-import
test('valves that were set before the restart hold in every worker after it', async () => {
  const values = await Promise.all(
    workers.admins.map((worker) => askForJson<{ GREETING: string }>(worker, `${forms}.valves`, 'x')),
  );
  expect(values.map(({ GREETING }) => GREETING)).toEqual(before.map(() => 'still here'));
});

// covers 000/live-open-webui
test('the restarted server answers through the gateway', async () => {
  const { id, mark } = newOperation({ say: 'back again' });
  expect(await ask(person.client, kit, `Hello ${mark}`)).toBe('back again');
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 000/persistence-across-processes
// covers 000/non-in-memory-deployment
test('the state that a pipe kept before the restart is the same in every worker after it', async () => {
  const pipe = context ?? skip('the server cannot reach an index with context-compiler==0.9.2');
  const states = await Promise.all(
    workers.admins.map((worker) => askForJson<{ policies: object }>(worker, pipe, '/state')),
  );
  expect(states.map(({ policies }) => policies)).toEqual(before.map(() => ({ docker: 'use' })));
});
