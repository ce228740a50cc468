import { expect, test } from '@jest/globals';
import { told } from './bring-up.ts';

test('what a service is at is one line of the terminal, however much its programs say', () => {
  const packages = Array.from({ length: 300 }, (_, at) => `package-${at}`).join(' ');
  const line = told('preparing', `Python environment · Installing collected packages: ${packages}`, 120);
  expect(line).toHaveLength(84);
  expect(line).toMatch(/^Python environment · Installing collected packages: package-0 .*…$/);
  expect(told('waiting', 'first\n  second', 120)).toBe('first second');
  expect(told('waiting', 'x'.repeat(84), 120)).toBe('x'.repeat(84));
  expect(told('waiting', packages, 30)).toHaveLength(20);
});

test('why a service failed is told whole', () => {
  const why = `exited with code 1\n${'x'.repeat(500)}`;
  expect(told('failed', why, 80)).toBe(why);
});
