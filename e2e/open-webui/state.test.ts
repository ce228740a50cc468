import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { journalOf } from '../../harness/suite/journal.ts';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, askForJson } from '../../harness/suite/open-webui/chat.ts';
import { requireFromIndex } from '../../harness/suite/open-webui/ordinary-index.ts';
import { ImportedPipes, pipeText } from '../../harness/suite/open-webui/pipes.ts';
import { personOnTwoWorkers } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

interface State {
  readonly policies: Readonly<Record<string, string>>;
  readonly premise: string | null;
}

let admin: Admin;
let pipes: ImportedPipes;
let pipe: string;
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  if (service('open-webui').workers < 2) skip('open-webui has one worker');
  admin = await signIn();
  pipes = new ImportedPipes(admin);
  await requireFromIndex(admin, pipes, 'context-compiler==0.9.2');
  pipe = await pipes.add('context', pipeText('context_pipe'));
}, 120_000);
afterAll(async () => {
  for (const end of endings) await end();
  await pipes?.removeAll();
});

/** A new person, through each of two workers. */
async function personOnBothWorkers(): Promise<readonly [Admin, Admin]> {
  const { workers, end } = await personOnTwoWorkers(admin, pipe);
  endings.push(end);
  return workers;
}

const stateOf = (worker: Admin) => askForJson<State>(worker, pipe, '/state');
const pidOf = async (worker: Admin) => (await askForJson<{ pid: number }>(worker, pipe, '/pid')).pid;

// covers 000/persistence-across-processes
// covers 000/open-webui-pipe-import
test('the state that a pipe keeps is the same in both workers', async () => {
  const [first, second] = await personOnBothWorkers();
  expect(await pidOf(first)).not.toBe(await pidOf(second));
  await ask(first, pipe, 'use docker');
  expect((await stateOf(second)).policies).toEqual({ docker: 'use' });
  await ask(second, pipe, 'set premise concise answers');
  expect(await stateOf(first)).toEqual(await stateOf(second));
  expect((await stateOf(first)).premise).toBe('concise answers');
});

// covers 000/persistence-across-processes
test('of concurrent steps through both workers none is lost', async () => {
  const [first, second] = await personOnBothWorkers();
  const items = Array.from({ length: 10 }, (_, index) => `tool ${index + 10}`);
  await Promise.all(items.map((item, index) => ask(index % 2 === 0 ? first : second, pipe, `use ${item}`)));
  const expected = Object.fromEntries(items.map((item) => [item, 'use']));
  expect((await stateOf(first)).policies).toEqual(expected);
  expect((await stateOf(second)).policies).toEqual(expected);
});

// covers 000/open-webui-pipe-import
test('a state that one worker changed is what the other sends to the provider', async () => {
  const [first, second] = await personOnBothWorkers();
  await ask(first, pipe, 'prohibit peanuts');
  const { id, mark } = newOperation({ say: 'no peanuts then' });
  expect(await ask(second, pipe, `What shall I eat? ${mark}`)).toBe('no peanuts then');
  const [entry] = await journalOf(id);
  const system = entry?.messages.filter(({ role }) => role === 'system').map(({ text }) => text);
  expect(system?.join('\n')).toContain('Do not use: peanuts');
});

// covers 000/open-webui-pipe-import
test('one person does not get the state of another', async () => {
  const [mine] = await personOnBothWorkers();
  const [other] = await personOnBothWorkers();
  await ask(mine, pipe, 'use docker');
  expect((await stateOf(other)).policies).toEqual({});
});

// covers 000/open-webui-pipe-import
test('a step that contradicts the state is answered by the pipe itself and changes nothing', async () => {
  const [first, second] = await personOnBothWorkers();
  await ask(first, pipe, 'use docker');
  const { id, mark } = newOperation();
  expect(await ask(second, pipe, `prohibit docker ${mark}`)).toMatch(/docker/);
  expect(await journalOf(id)).toEqual([]);
  expect((await stateOf(first)).policies).toEqual({ docker: 'use' });
});
