/** @long */
import { expect, test } from '@jest/globals';
import { answerIn, complete, ownModel, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, textOf } from '../../harness/suite/event-stream.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

const cli = 'baseline-cli';
const ask = (text: string) => ({ model: ownModel, messages: says(text) });

/** A request whose scripted answer is one Python program. */
function program(...lines: string[]) {
  const say = ['```python', ...lines, '```'].join('\n');
  return ask(`Write a Python script for this task ${newOperation({ say }).mark}`);
}

// covers 101/TestBaselineCLIAgentPath.test_code_generation_uses_agent
test('a script on request goes to the agent and comes as code', async () => {
  const stream = await streamed(cli, ask('Write a Python script that prints Hello World'));
  const [first] = chunksOf(stream) as readonly { metadata?: { using_agent?: boolean } }[];
  convention(cli, 'the first chunk says in `metadata` whether the agent is used', () =>
    expect(first?.metadata?.using_agent).toBe(true),
  );
  expect(textOf(stream)).toMatch(/print\(.*hello,? world/is);
  expect(stream.data.at(-1)).toBe('[DONE]');
});

test('the program really runs: its output is in the answer', async () => {
  await needsScriptedProvider(cli);
  const { status, data } = await complete(cli, program('print(sum(n * n for n in range(1000)))'));
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('332833500');
});

test('a program that fails is answered with its error', async () => {
  await needsScriptedProvider(cli);
  const { status, data } = await complete(cli, program('print(6 * 111)', 'raise ValueError("no good")'));
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('666');
  expect(answerIn(data)).toContain('ValueError');
});

test('a program that never ends is stopped, and the answer says so', async () => {
  await needsScriptedProvider(cli);
  const { status, data } = await complete(cli, program('while True: pass'));
  expect(status).toBe(200);
  expect(answerIn(data)).toMatch(/stopped|time|limit|killed/i);
});

test('a program sees neither credentials nor the environment of the service, nor that of any process', async () => {
  await needsScriptedProvider(cli);
  const { data } = await complete(
    cli,
    program(
      'import glob, os',
      'print("names:", [n for n in os.environ if "KEY" in n or "DATABASE" in n])',
      'found, paths = [], glob.glob("/proc/[0-9]*/environ")',
      'for path in paths:',
      '    try:',
      '        text = open(path, "rb").read()',
      '    except OSError:',
      '        continue',
      '    found += [path for name in (b"KEY=", b"DATABASE_URL=") if name in text]',
      'print("others:", found, "of", len(paths) > 0)',
    ),
  );
  expect(answerIn(data)).toContain('names: []');
  expect(answerIn(data)).toContain('others: [] of True');
});

test('two programs at once see nothing of each other', async () => {
  await needsScriptedProvider(cli);
  const writer = (name: string) =>
    complete(cli, program('import os', `open("${name}", "w").close()`, 'print("files:", os.listdir("."))'));
  const [one, other] = await Promise.all([writer('one.txt'), writer('other.txt')]);
  expect(answerIn(one.data)).toContain('one.txt');
  expect(answerIn(one.data)).not.toMatch(/files:.*other\.txt/);
  expect(answerIn(other.data)).toMatch(/files:.*other\.txt/);
});
