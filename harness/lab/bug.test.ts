import { expect, test } from '@jest/globals';
import { readBug, withMeasured } from './bug.ts';

const bug = {
  title: 'a title',
  thread: 'https://example.test/1',
  mechanism: 'how',
  workload: 'memory',
  plan: 'plan.json',
  expected: 'invalid',
};

test('a bug without a subject is about the service as it comes', () => {
  expect(readBug(JSON.stringify(bug), 'x')).toEqual({ ...bug, subject: {} });
});

test('a missing field is named', () => {
  const { mechanism: _, ...rest } = bug;
  expect(() => readBug(JSON.stringify(rest), 'x')).toThrow(
    'bugs/x/bug.json is not a description of a bug: "mechanism"',
  );
});

test('what was measured goes into the file, and the rest stays', () => {
  const before = { ...bug, subject: { command: 'x' }, measured: { huntSeconds: 2, reproduced: 1, of: 10 } };
  const controls = [{ name: 'one worker', reproduced: 0, of: 10 }];
  const text = withMeasured(JSON.stringify(before), { reproduced: 9, of: 10 }, controls);
  expect(JSON.parse(text)).toEqual({
    ...before,
    measured: { huntSeconds: 2, reproduced: 9, of: 10 },
    controls,
  });
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(withMeasured(text, { reproduced: 8, of: 10 }, [])).controls).toEqual(controls);
});
