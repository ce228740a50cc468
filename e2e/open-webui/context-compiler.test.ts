/**
 * Two requests that meet a pipe which their worker has not loaded yet each load it, and the later one takes the place of
 * the one in use, with all it keeps: nobody else may list models meanwhile.
 *
 * @alone open-webui
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installedFile } from '../../harness/stack/process/installed-file.ts';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask } from '../../harness/suite/open-webui/chat.ts';
import { requireFromIndex } from '../../harness/suite/open-webui/ordinary-index.ts';
import { ImportedPipes, newPipeId } from '../../harness/suite/open-webui/pipes.ts';
import { personOnTwoWorkers } from '../../harness/suite/open-webui/workers.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

// The reference pipe of context-compiler for Open WebUI, from its package. It says of itself that it keeps what it knows in
// one process: these tests show what that means, and will tell when it is otherwise.

const pipeFile =
  'context_compiler_example_integrations/reference_integrations/openwebui_pipe/open_webui_pipe.py';

let admin: Admin;
let pipes: ImportedPipes;
let text: string;
let pipe: string;
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  if (service('open-webui').workers < 2) skip('open-webui has one worker');
  admin = await signIn();
  pipes = new ImportedPipes(admin);
  await requireFromIndex(admin, pipes, 'context-compiler==0.9.2');
  text = await installedFile('bugs/context-compiler-pipe', pipeFile).catch(({ message }: Error) =>
    skip(`the package of the pipe cannot be installed: ${message}`),
  );
  pipe = await pipes.add(
    'compiler',
    text.replace(/^requirements: .*$/m, 'requirements: context-compiler==0.9.2'),
  );
}, 400_000);
afterAll(async () => {
  for (const end of endings) await end();
  await pipes?.removeAll();
});

/** A new person, for whom the pipe keeps a state of its own, through each of two workers. */
async function personOnBothWorkers(): Promise<readonly [Admin, Admin]> {
  const { workers, end } = await personOnTwoWorkers(admin, pipe);
  endings.push(end);
  return workers;
}

const say = (worker: Admin, text: string) => ask(worker, pipe, text);

async function prohibited(worker: Admin): Promise<readonly string[]> {
  const [, items = ''] = /^Prohibit: (.*)$/m.exec(await say(worker, 'show state')) ?? [];
  return items === 'none' ? [] : items.split(', ');
}

// covers 000/open-webui-pipe-import
// covers 000/open-webui-frontmatter-install
test('as it comes it is refused: the comma in its range of versions counts as the end of a requirement', async () => {
  expect(text).toMatch(/^requirements: context-compiler>=[\d.]+,<[\d.]+$/m);
  const { status, data } = await pipes.create(newPipeId('compiler'), text);
  expect([status, data]).toMatchObject([400, { detail: expect.stringContaining('Error creating function') }]);
});

// covers 000/open-webui-pipe-import
// covers 000/persistence-across-processes
test('the pipe asks for its model, and then keeps what a person said in the worker that heard it', async () => {
  const [first, second] = await personOnBothWorkers();
  expect(await say(first, 'prohibit peanuts')).toMatch(/BASE_MODEL_ID is required/);
  const valves = `/api/v1/functions/id/${pipe}/valves/update`;
  expect((await admin.post(valves, { BASE_MODEL_ID: 'scripted' })).status).toBe(200);
  expect(await say(first, 'prohibit peanuts')).toBe('State updated: Prohibit peanuts.');
  expect(await prohibited(first)).toEqual(['peanuts']);
  expect(await prohibited(second)).toEqual([]);
  const told = await say(first, 'What holds? [[echo=system]]');
  expect(told).toBe('[[cc_state]]\nProhibit: peanuts');
  expect(await say(second, 'What holds? [[echo=system]]')).not.toContain('peanuts');
});

// covers 000/open-webui-pipe-import
test('50 steps at once of two people are not mixed up, and each worker keeps its own half of them', async () => {
  const people = [await personOnBothWorkers(), await personOnBothWorkers()];
  const steps = Array.from({ length: 50 }, (_, at) => ({
    item: `tool ${100 + at}`,
    person: at % 2,
    half: (at >> 1) % 2,
  }));
  const answers = await Promise.all(
    steps.map(({ item, person, half }) => say(people[person]?.[half] ?? admin, `prohibit ${item}`)),
  );
  expect(answers).toEqual(steps.map(({ item }) => `State updated: Prohibit ${item}.`));
  for (const [person, workers] of people.entries()) {
    for (const [half, worker] of workers.entries()) {
      const own = steps.filter((step) => step.person === person && step.half === half);
      expect(await prohibited(worker)).toEqual(own.map(({ item }) => item));
    }
  }
});
