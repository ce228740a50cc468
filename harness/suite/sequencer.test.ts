import { expect, test } from '@jest/globals';
import { sharedFirst } from './sequencer.ts';

const body = "import { expect } from '@jest/globals';\n";
const inOrder = (texts: Readonly<Record<string, string>>) =>
  sharedFirst(Object.keys(texts), (name) => `${texts[name]}${body}`);

test('files that need the whole stack alone come after all others, both in the order that they had', () => {
  const texts = {
    kill: '/** @alone */\n',
    plain: '',
    measure: '/**\n * Streams are measured.\n *\n * @alone\n */\n',
    other: '/** Nothing special. */\n',
  };
  expect(inOrder(texts)).toEqual(['plain', 'other', 'kill', 'measure']);
});

test('a file that needs one part alone, or speaks of it further down, shares the stack', () => {
  const texts = {
    kill: '/** @alone */\n',
    part: '/** @alone open-webui */\n',
    later: '/** Says nothing. */\n/** @alone */\n',
  };
  expect(inOrder(texts)).toEqual(['part', 'later', 'kill']);
});
