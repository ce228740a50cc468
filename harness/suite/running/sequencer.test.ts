import { expect, test } from '@jest/globals';
import { inTurn } from './sequencer.ts';

const body = "import { expect } from '@jest/globals';\n";
const ordered = (texts: Readonly<Record<string, string>>) =>
  inTurn(Object.entries(texts).map(([path, head]) => ({ path, text: `${head}${body}` }))).map(
    ({ path }) => path,
  );

test('files that need the whole stack alone come after all others, both in the order that they had', () => {
  const texts = {
    kill: '/** @alone */\n',
    plain: '',
    measure: '/**\n * Streams are measured.\n *\n * @alone\n */\n',
    other: '/** Nothing special. */\n',
  };
  expect(ordered(texts)).toEqual(['plain', 'other', 'kill', 'measure']);
});

test('a file that needs one part alone, or speaks of it further down, shares the stack', () => {
  const texts = {
    kill: '/** @alone */\n',
    part: '/** @alone open-webui */\n',
    later: '/** Says nothing. */\n/** @alone */\n',
  };
  expect(ordered(texts)).toEqual(['part', 'later', 'kill']);
});

test('long files are spread among the first of the others, and none is lost', () => {
  const short = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`s${at}`, '']));
  const texts = { ...short, l1: '/** @long */\n', l2: '/**\n * @alone memory\n * @long\n */\n' };
  expect(ordered(texts)).toEqual(['l1', 's0', 's1', 's2', 'l2', 's3', 's4', 's5', 's6', 's7', 's8', 's9']);
  expect(ordered({ l1: '/** @long */\n' })).toEqual(['l1']);
});

test('who uses a part that a long file has alone comes late, and so does the second that has it alone', () => {
  const texts = {
    'open-webui/state': '',
    'flows/health': '/**\n * @uses litellm\n * @uses open-webui\n */\n',
    'open-webui/restart': '/**\n * @alone open-webui\n * @long\n */\n',
    'open-webui/hunt': '/**\n * @alone open-webui\n * @long\n */\n',
    'upstreams/cooldown': '/** @long */\n',
    'gateway/chat': '',
    'litellm/proxy': '',
    'memory/limits': '',
  };
  expect(ordered(texts)).toEqual([
    ...['open-webui/restart', 'gateway/chat', 'upstreams/cooldown', 'litellm/proxy', 'open-webui/hunt'],
    ...['memory/limits', 'open-webui/state', 'flows/health'],
  ]);
});
