import { expect, test } from '@jest/globals';
import { EnvironmentError, readEnvironment } from './environment.ts';

const workers = (value?: string) =>
  readEnvironment({ WORKERS: value }).integer('WORKERS', 2, { min: 1, max: 64 });

test('an unset or empty variable gives the default', () => {
  expect(workers()).toBe(2);
  expect(workers(' ')).toBe(2);
  expect(readEnvironment({}).text('MODEL', 'scripted')).toBe('scripted');
});

test('both ends of a range are valid', () => {
  expect([workers('1'), workers('64')]).toEqual([1, 64]);
});

test.each(['0', '-1', 'x', '65', '1.5', '0x10', '1e1'])(
  'WORKERS=%s is refused, naming it and the range',
  (value) => {
    expect(() => workers(value)).toThrow(EnvironmentError);
    expect(() => workers(value)).toThrow(`WORKERS is "${value}"; it must be a whole number from 1 to 64.`);
  },
);

test('a URL loses its trailing slashes and keeps its path', () => {
  const env = readEnvironment({ A: 'http://memory:8003/', B: 'http://provider:9100/v1' });
  expect(env.requiredUrl('A')).toBe('http://memory:8003');
  expect(env.url('B')).toBe('http://provider:9100/v1');
  expect(env.url('C')).toBeUndefined();
});

test('a bad URL is refused without repeating it, for it may hold a password', () => {
  const env = readEnvironment({ DATABASE_URL: 'mysql://u:hunter2@db/x', OTHER: '//u:hunter2@' });
  expect(() => env.requiredUrl('DATABASE_URL', ['postgres'])).toThrow('DATABASE_URL has the scheme "mysql"');
  for (const name of ['DATABASE_URL', 'OTHER', 'MISSING']) {
    expect(() => env.requiredUrl(name, ['postgres'])).toThrow(/^(?!.*hunter2)/);
  }
  expect(() => env.requiredUrl('MISSING')).toThrow('MISSING is not set.');
});

test('a choice outside its list is refused with the list', () => {
  const env = readEnvironment({ LOG_LEVEL: 'loud' });
  expect(() => env.oneOf('LOG_LEVEL', 'info', ['info', 'warn'])).toThrow('it must be one of info, warn.');
});
