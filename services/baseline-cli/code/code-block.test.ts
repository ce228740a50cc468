import { expect, test } from '@jest/globals';
import { fenced, firstRunnable } from './code-block.ts';

test('the first block in a language of the sandbox is run', () => {
  const text = 'Install:\n```bash\npip list\n```\nThen:\n```Python\nprint(1)\n```\n```js\n2\n```';
  expect(firstRunnable(text)).toEqual({ runtime: 'python', code: 'print(1)\n' });
});

test.each(['javascript', 'js', 'node', 'mjs'])('%s is run by node', (language) => {
  expect(firstRunnable(`\`\`\`${language}\nconsole.log(1)\n\`\`\``)).toEqual({
    runtime: 'node',
    code: 'console.log(1)\n',
  });
});

test('a longer fence holds shorter ones, and tildes are fences too', () => {
  expect(firstRunnable('````python\nprint("""\n```\n""")\n````')?.code).toBe('print("""\n```\n""")\n');
  expect(firstRunnable('~~~py\nprint(1)\n~~~')?.code).toBe('print(1)\n');
});

test.each([
  ['no fence', 'print(1)'],
  ['no language', '```\nprint(1)\n```'],
  ['another language', '```rust\nfn main() {}\n```'],
  ['an unfinished block', '```python\nprint(1)\n'],
  ['an empty block', '```python\n\n```'],
])('nothing is run for %s', (_, text) => {
  expect(firstRunnable(text)).toBeUndefined();
});

test('output cannot close its own fence', () => {
  expect(fenced('a\n```\nb\n')).toBe('````text\na\n```\nb\n````');
  expect(fenced('plain')).toBe('```text\nplain\n```');
});
