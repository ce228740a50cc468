import { expect, test } from '@jest/globals';
import { linesIn, logFrame, saidIn, wrongIn } from './ask.ts';

const line = (id: number, data: object) => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const status = (value: string, attempt: number) => ({ type: 'status', status: value, attempt });
const output = (text: string, attempt: number) => ({ type: 'output', text, attempt });
const logOf = (...events: readonly object[]) =>
  linesIn(events.map((event, at) => line(at + 1, event)).join(''));

const whole = [
  status('running', 1),
  output('half', 1),
  status('stopped', 1),
  status('running', 2),
  output('all ', 2),
  output('of it', 2),
  status('completed', 2),
];

test('lines without an id are no part of a log', () => {
  const body = `data: {"type":"connected"}\n\n${line(1, status('running', 1))}: ping\n\ndata: {"type":"end"}\n\n`;
  expect(linesIn(body)).toEqual([{ id: 1, type: 'status', status: 'running', attempt: 1 }]);
});

test('a log in which one attempt follows the other has nothing wrong, and each has its text', () => {
  expect(wrongIn(logOf(...whole))).toBeUndefined();
  expect(saidIn(logOf(...whole), 2)).toBe('all of it');
});

test.each([
  ['two attempts at once', logOf(...whole.toSpliced(2, 1)), 'attempt 2 begins before 1 is over'],
  ['a stopped attempt that speaks', logOf(...whole.toSpliced(3, 0, output('!', 1))), 'attempt 1 speaks'],
  ['an old attempt that speaks', logOf(...whole.toSpliced(4, 0, output('!', 1))), 'attempt 1 speaks, not 2'],
  ['a line that is missing', logOf(...whole).toSpliced(3, 1), 'the line after 3 has the id 5'],
  ['a line that comes twice', linesIn(line(1, whole[0] ?? {}).repeat(2)), 'the line after 1 has the id 1'],
])('a log with %s is wrong', (_, lines, says) => {
  expect(wrongIn(lines)).toContain(says);
});

test('frames of a log are text, one end that is whole, and others that are not', () => {
  expect(logFrame(JSON.stringify(output('a', 1)))).toEqual({ text: 'a' });
  expect(logFrame('{"type":"end","status":"completed"}')).toEqual({ done: true });
  expect(logFrame('{"type":"end","status":"interrupted"}')).toEqual({ error: 'the run is interrupted' });
  expect(logFrame('{"type":"heartbeat"}')).toBeUndefined();
  expect(logFrame('nothing')).toMatchObject({ error: expect.stringContaining('no line') });
});
