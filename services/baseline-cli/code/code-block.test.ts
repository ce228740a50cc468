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

test('a fence with a backtick in its info is none, and lines may end in CRLF', () => {
  expect(firstRunnable('```python `x`\nprint(0)\n```js\n1\n```')).toEqual({ runtime: 'node', code: '1\n' });
  expect(firstRunnable('```py\r\nprint(1)\r\n```\r\n')).toEqual({ runtime: 'python', code: 'print(1)\n' });
});

test('a block inside of an unfinished one is not run: it is a part of the other', () => {
  expect(firstRunnable('````text\n```python\nprint(1)\n```\n')).toBeUndefined();
});

test.each([
  ['openings', '```a\n'],
  ['backticks', '`'],
  ['spaces in a fence', '``` '],
  ['tabs behind a fence', '~~~\t\t'],
])('a long text of %s takes time in proportion', (_, piece) => {
  const texts = [20_000, 40_000].map((times) => piece.repeat(times));
  const [half = 0, whole = 0] = texts.map((text) => {
    const rounds = [0, 1, 2, 3, 4].map(() => {
      const startedAt = performance.now();
      firstRunnable(text);
      return performance.now() - startedAt;
    });
    return Math.min(...rounds);
  });
  // Twice the text may take twice the time; a quadratic scan takes four times as long, and seconds of it.
  expect(whole).toBeLessThan(3 * half + 20);
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
