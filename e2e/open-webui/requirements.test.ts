/**
 * @alone open-webui
 * @long
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, newPerson, type Person, signIn } from '../../harness/suite/open-webui/admin.ts';
import { askForJson, listedModels } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, newPipeId, pipeText, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

/** Each of several runs of pip takes seconds on a busy machine. */
const boundMs = 120_000;

interface Edition {
  readonly pid: number;
  readonly imported: string;
  readonly installed: string;
}

let admin: Admin;
let person: Person;
let pipes: ImportedPipes;
let workers: EveryWorker;
let probe: string;
let first: Admin;
let second: Admin;

beforeAll(async () => {
  if (service('open-webui').workers < 2) skip('open-webui has one worker');
  admin = await signIn();
  person = await newPerson(admin);
  pipes = new ImportedPipes(admin);
  probe = await pipes.add('probe', probeText());
  workers = await everyWorker(person.client, probe);
  [first = admin, second = admin] = workers.admins;
}, 120_000);
afterAll(async () => {
  await workers?.close();
  await person?.remove();
  await pipes?.removeAll();
});

/** The pipe that tells its package's version, with these requirements. */
const asking = (requirements: string) =>
  pipeText('edition_pipe').replace('gauntlet-pipe-edition==1.0', requirements);

/** A worker remembers the text of what it has installed: this one no worker has seen, and pip ignores the addition. */
const unseen = (version: string) => `gauntlet-pipe-edition[x${randomBytes(4).toString('hex')}]==${version}`;

const editionOf = (worker: Admin, id: string) => askForJson<Edition>(worker, id, 'x');
const isOnDisk = async () =>
  (await askForJson<{ has: boolean }>(first, probe, '/has gauntlet_pipe_edition')).has;
const pidsOf = () =>
  Promise.all(
    workers.admins.map(async (each) => (await askForJson<{ pid: number }>(each, probe, '/pid')).pid),
  );

// covers 000/open-webui-frontmatter-install
test(
  'a package that is gone is installed again where its pipe is first used, by the worker that uses it',
  async () => {
    const id = await pipes.add('edition', asking(unseen('1.0')), first);
    await askForJson(first, probe, '/uninstall gauntlet-pipe-edition');
    expect(await isOnDisk()).toBe(false);
    expect(await listedModels(second)).toContain(id);
    expect(await isOnDisk()).toBe(true);
    expect(await editionOf(second, id)).toMatchObject({ installed: '1.0' });
  },
  boundMs,
);

// covers 000/open-webui-frontmatter-install
test(
  'several requirements in one line are all installed for every worker, and stay when their pipe is removed',
  async () => {
    const id = await pipes.add('several', asking(`gauntlet-pipe-kit==1.0, ${unseen('1.0')}`));
    await Promise.all(workers.admins.map(listedModels));
    const seen = await Promise.all(workers.admins.map((worker) => editionOf(worker, id)));
    expect(seen.map(({ installed }) => installed)).toEqual(workers.admins.map(() => '1.0'));
    expect(new Set(seen.map(({ pid }) => pid)).size).toBe(workers.admins.length);
    await pipes.remove(id);
    // Others may need them.
    expect(await isOnDisk()).toBe(true);
  },
  boundMs,
);

// covers 000/open-webui-frontmatter-install
test(
  'an update to another version installs it, and one whose requirements contradict each other changes nothing',
  async () => {
    const id = await pipes.add('moving', asking(unseen('1.0')));
    await Promise.all(workers.admins.map(listedModels));
    expect((await pipes.update(id, asking(unseen('2.0')))).status).toBe(200);
    expect(await editionOf(second, id)).toMatchObject({ installed: '2.0' });
    const kept = (await pipes.find(id)).data.content;
    const refused = await pipes.update(id, asking(`${unseen('1.0')}, ${unseen('2.0')}`));
    expect(refused.status).toBe(400);
    expect((await pipes.find(id)).data).toMatchObject({ content: kept, is_active: true });
    const seen = await Promise.all(workers.admins.map((worker) => editionOf(worker, id)));
    expect(seen.map(({ installed }) => installed)).toEqual(workers.admins.map(() => '2.0'));
  },
  boundMs,
);

// covers 000/open-webui-frontmatter-install
test(
  'what no package is named like is refused: no shell reads it, no worker ends, and nothing is kept of it',
  async () => {
    const trace = `/tmp/${newPipeId('hostile')}`;
    const pids = await pidsOf();
    // `--log=FILE` is not among them: what has an equals sign pip takes for an option of its own, and obeys.
    const hostile = [
      ...[
        `gauntlet-pipe-kit==1.0; touch ${trace}`,
        `$(touch ${trace})`,
        '--index-url http://127.0.0.1:9/simple',
      ],
      ...['-r /etc/passwd', 'git+file:///no/such/repository.git', '../../../../no/such/folder'],
    ];
    const answers = await Promise.all(
      hostile.map(async (requirements) => {
        const id = newPipeId('hostile');
        const { status } = await pipes.create(id, asking(requirements));
        return { requirements, status, found: (await pipes.find(id)).status };
      }),
    );
    expect(answers).toEqual(hostile.map((requirements) => ({ requirements, status: 400, found: 401 })));
    expect(await askForJson(first, probe, `/exists ${trace}`)).toEqual({ exists: false });
    expect(await pidsOf()).toEqual(pids);
  },
  boundMs,
);

// covers 000/open-webui-frontmatter-install
test(
  'requirements end with their line: what stands on the next one is not installed, and not run',
  async () => {
    const id = newPipeId('lines');
    const created = await pipes.create(
      id,
      asking(`${unseen('1.0')}\n  --no-such-option=1\n  , no-such-package==9`),
    );
    expect(created.status).toBe(200);
    expect(created.data.meta.manifest.requirements).toMatch(/^gauntlet-pipe-edition\[x\w+\]==1\.0$/);
  },
  boundMs,
);
