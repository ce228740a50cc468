/**
 * @alone open-webui
 * @long
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, newPerson, type Person, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, listedModels } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';

type Settings = Readonly<Record<string, unknown>>;

let admin: Admin;
let person: Person;
let pipes: ImportedPipes;
let workers: EveryWorker;
let first: Admin;
let second: Admin;
/** Undoes what a test has set, so that a kept stack is as it was. */
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (service('open-webui').workers < 2) skip('open-webui has one worker');
  admin = await signIn();
  person = await newPerson(admin);
  pipes = new ImportedPipes(admin);
  workers = await everyWorker(person.client, await pipes.add('probe', probeText()));
  [first = admin, second = admin] = workers.admins;
}, 120_000);
afterAll(async () => {
  for (const step of undo.reverse()) await step();
  await workers?.close();
  await person?.remove();
  await pipes?.removeAll();
});

/** Changes settings through one worker and gives what both say of them afterwards. */
async function changed(path: string, update: string, change: Settings): Promise<readonly Settings[]> {
  const { data: before } = await first.get<Settings>(path);
  undo.push(() => first.post(update, before));
  const { status } = await first.post(update, { ...before, ...change });
  expect(status).toBe(200);
  return await Promise.all([first, second].map(async (worker) => (await worker.get<Settings>(path)).data));
}

// covers 000/open-webui-pipe-import
test.each([
  ['of the server', '/api/v1/auths/admin/config', '/api/v1/auths/admin/config', { JWT_EXPIRES_IN: '5w' }],
  [
    'of background tasks',
    '/api/v1/tasks/config',
    '/api/v1/tasks/config/update',
    { TITLE_GENERATION_PROMPT_TEMPLATE: 'Title?' },
  ],
  ['of chats', '/api/v1/configs/models', '/api/v1/configs/models', { DEFAULT_MODELS: 'scripted-mini' }],
])('settings %s that one worker took are those of both at once', async (_, path, update, change) => {
  const seen = await changed(path, update, change);
  expect(seen).toEqual([expect.objectContaining(change), expect.objectContaining(change)]);
});

// covers 000/open-webui-pipe-import
test('a connection that one worker took is one of both: its models are listed and answer', async () => {
  const { data: before } = await first.get<Settings>('/openai/config');
  undo.push(() => first.post('/openai/config/update', before));
  const urls = before.OPENAI_API_BASE_URLS as readonly string[];
  const own = { prefix_id: 'again', enable: true };
  const { status } = await first.post('/openai/config/update', {
    ...before,
    OPENAI_API_BASE_URLS: [...urls, urls[0]],
    OPENAI_API_KEYS: [...(before.OPENAI_API_KEYS as readonly string[]), 'unused'],
    // By the place in the list.
    OPENAI_API_CONFIGS: { ...(before.OPENAI_API_CONFIGS as Settings), [urls.length]: own },
  });
  expect(status).toBe(200);
  // A worker keeps what its connections list for a second (MODELS_CACHE_TTL).
  await until('both list the new models', async () => {
    const listed = await Promise.all([first, second].map(listedModels));
    return listed.every((models) => models.includes('again.scripted'));
  });
  const { mark } = newOperation({ say: 'through the new connection' });
  const answers = await Promise.all(
    [first, second].map((worker) => ask(worker, 'again.scripted', `Hi ${mark}`)),
  );
  expect(answers).toEqual(['through the new connection', 'through the new connection']);
});

// covers 000/open-webui-pipe-import
test('what a person sets for themselves through one worker they have in the other, and nobody else has it', async () => {
  const path = '/api/v1/users/user/settings';
  expect((await first.post(`${path}/update`, { ui: { system: 'Be brief.' } })).status).toBe(200);
  expect((await second.get(path)).data).toMatchObject({ ui: { system: 'Be brief.' } });
  expect(JSON.stringify((await admin.get(path)).data)).not.toContain('Be brief.');
});
