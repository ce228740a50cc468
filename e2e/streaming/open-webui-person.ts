import { bearerOf, signIn } from '../../harness/suite/open-webui/admin.ts';
import { listedModels } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, pipeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { Start } from './ways.ts';

interface Person {
  /** To a model that Open WebUI finds behind one of its connections. */
  through(model: string): Promise<Start>;
  /** To a pipe that asks the gateway, on every worker. */
  throughPipe(): Promise<Start>;
}

let signedIn: Promise<Person> | undefined;
let pipes: ImportedPipes | undefined;
let workers: EveryWorker | undefined;

/** Somebody who is signed in; once for each test file. */
export function openWebUiPerson(): Promise<Person> {
  signedIn ??= makePerson();
  return signedIn;
}

/** Takes away what was imported. */
export async function forgetPerson(): Promise<void> {
  await pipes?.removeAll();
  await workers?.close();
}

async function makePerson(): Promise<Person> {
  const { url } = service('open-webui');
  const admin = await signIn();
  const start = (model: string): Start => ({
    ...{ wire: 'chat', model, key: bearerOf(admin) },
    baseUrl: `${url}/api`,
  });
  const importPipe = async () => {
    pipes = new ImportedPipes(admin);
    const name = await pipes.add('kit', pipeText('kit_pipe'));
    // Nothing but the gateway between the pipe and the provider.
    await admin.post(`/api/v1/functions/id/${name}/valves/update`, { MODEL: 'scripted-direct' });
    workers = await everyWorker(admin, name);
    // A list that was begun before the import may be kept after the one that has it: the second one is behind all of them.
    await Promise.all(workers.admins.map(listedModels));
    return name;
  };
  const pipe = await importPipe();
  return {
    through: async (model) => {
      await until(`${model} is listed`, async () => (await listedModels(admin)).includes(model), 20_000, 500);
      return start(model);
    },
    throughPipe: async () => start(pipe),
  };
}
