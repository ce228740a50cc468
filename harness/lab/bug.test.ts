import { expect, test } from '@jest/globals';
import { readBug } from './bug.ts';

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
