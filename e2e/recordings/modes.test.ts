import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { countingProvider, recordingsFolder, startRecorder } from '../../harness/suite/recorder.ts';

type Mode = Parameters<typeof startRecorder>[0];

/** Asks for each prompt in a recorder of that mode, and tells what was answered and what the recorder says of it. */
async function ask(mode: Mode, folder: string, upstream: string, prompts: readonly string[]) {
  const recorder = await startRecorder(mode, folder, upstream);
  try {
    const answers: string[] = [];
    for (const prompt of prompts) {
      const url = `${recorder.url}/t/modes%2F${prompt}/v1/chat/completions`;
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ prompt }) });
      answers.push(answer.status === 200 ? await answer.text() : String(answer.status));
    }
    return { answers, report: await recorder.report() };
  } finally {
    await recorder.stop();
  }
}

/** A provider whose every answer is another one, and a folder with its first two. */
async function twoRecorded() {
  const folder = recordingsFolder();
  const provider = await countingProvider((count, _request, response) => response.end(`answer ${count}`));
  await ask('record', folder.path, provider.url, ['a', 'b']);
  return { folder, provider };
}

const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));

// covers 002/replay-mode
test('replay serves what is recorded, refuses what is not, and asks nobody', async () => {
  const { folder, provider } = await twoRecorded();
  using _ = folder;
  const before = contents(folder.path);
  const { answers, report } = await ask('replay', folder.path, provider.url, ['b', 'a', 'c']);
  expect(answers).toEqual(['answer 2', 'answer 1', '599']);
  expect(report.misses).toMatchObject([{ scope: 'modes/c' }]);
  expect([provider.asked(), contents(folder.path)]).toEqual([2, before]);
  await provider.stop();
});

// covers 002/record-if-missing-mode
test('record-if-missing asks for what is new, and touches nothing that is there', async () => {
  const { folder, provider } = await twoRecorded();
  using _ = folder;
  const before = contents(folder.path);
  const { answers } = await ask('record-if-missing', folder.path, provider.url, ['a', 'c']);
  expect([answers, provider.asked()]).toEqual([['answer 1', 'answer 3'], 3]);
  expect(contents(folder.path)).toEqual([...before, expect.stringContaining('answer 3')]);
  const again = await ask('record-if-missing', folder.path, provider.url, ['a', 'b', 'c']);
  expect([again.answers, provider.asked()]).toEqual([['answer 1', 'answer 2', 'answer 3'], 3]);
  await provider.stop();
});

// covers 002/record-mode
test('record asks for everything and writes over what it asks for, and nothing else', async () => {
  const { folder, provider } = await twoRecorded();
  using _ = folder;
  const [, b] = contents(folder.path);
  const { answers, report } = await ask('record', folder.path, provider.url, ['a']);
  expect([answers, provider.asked()]).toEqual([['answer 3'], 3]);
  expect(contents(folder.path)).toEqual([expect.stringContaining('answer 3'), b]);
  expect(report.leftovers).toMatchObject([{ scope: 'modes/b' }]);
  await provider.stop();
});

// covers 002/live-mode
test('live asks for everything, and neither reads nor writes', async () => {
  const { folder, provider } = await twoRecorded();
  using _ = folder;
  const before = contents(folder.path);
  const { answers } = await ask('live', folder.path, provider.url, ['a', 'c']);
  expect(answers).toEqual(['answer 3', 'answer 4']);
  expect(contents(folder.path)).toEqual(before);
  await provider.stop();
});
