import { expect, test } from '@jest/globals';
import { renderTrackRecord, withTrackRecord } from './render.ts';

const own = { name: 'a-own', title: 'own', thread: 'https://example.test/1' };
const theirs = {
  name: 'b-theirs',
  title: 'theirs',
  thread: 'https://example.test/2',
  version: 'Server 1',
  measured: { huntSeconds: 0.4, reproduced: 9, of: 10 },
  controls: [
    { name: 'one worker', reproduced: 0, of: 10 },
    { name: 'all operations on one worker', reproduced: 1, of: 10 },
    { name: 'without f1 (kill)', reproduced: 2, of: 10 },
    { name: 'with redis', reproduced: 0, of: 10 },
    { name: 'with luck', reproduced: 0, of: 0 },
  ],
};

test("bugs of other projects' servers come first, with what was measured", () => {
  const rows = renderTrackRecord([own, theirs]).split('\n').slice(3, -1);
  expect(rows).toEqual([
    '| [b-theirs](bugs/b-theirs) | theirs ([thread](https://example.test/2)) | Server 1 | 0.4 s | 9 of 10 | 0 of 10 | 1 of 10 | 2 of 10 | with redis: 0 of 10 |',
    '| [a-own](bugs/a-own) | own ([thread](https://example.test/1)) | subject of our own | not measured | not measured | not measured | not measured | not measured | — |',
  ]);
});

test('a bug that shows with one worker as well is told apart, and so is a control that there is not', () => {
  const controls = [{ name: 'one worker', reproduced: 10, of: 10 }];
  const [row] = renderTrackRecord([{ ...theirs, controls }])
    .split('\n')
    .slice(3, -1);
  expect(row).toMatch(/\| 10 of 10: shows with one as well \| — \| — \| — \|$/);
  const notRun = [{ name: 'one worker', reproduced: 0, of: 0 }];
  expect(renderTrackRecord([{ ...theirs, controls: notRun }])).toContain('| not measured | — | — | — |');
});

test('only the table changes', () => {
  const before = `# x\n${renderTrackRecord([])}\nrest\n`;
  const after = withTrackRecord(before, [own]);
  expect(after.startsWith('# x\n')).toBe(true);
  expect(after.endsWith('\nrest\n')).toBe(true);
  expect(after).toContain('a-own');
  expect(() => withTrackRecord('# x', [own])).toThrow('no place');
});
