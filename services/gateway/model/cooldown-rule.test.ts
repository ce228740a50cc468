import { expect, test } from '@jest/globals';
import { retryAfterMs } from './attempt-failure.ts';
import { cooldownRule } from './cooldown-rule.ts';

const dayMs = 86_400_000;

test.each([
  ['credentials', 'key', 1_800_000, 1_800_000],
  ['forbidden', 'key', 1_000, 1_800_000],
  ['model', 'model', 43_200_000, 43_200_000],
  ['rate-limit', 'model', 1_000, 1_800_000],
  ['unreachable', 'provider', 1_000, 60_000],
  ['transient', 'model', 1_000, 60_000],
] as const)('a failure of kind %s cools the %s for %i ms, at most %i', (kind, scope, baseMs, maxMs) => {
  expect(cooldownRule({ kind, retryAfterMs: undefined }, dayMs)).toEqual({ scope, baseMs, maxMs });
});

test('what the client did wrong cools nothing', () => {
  expect(cooldownRule({ kind: 'request', retryAfterMs: 5_000 }, dayMs)).toBeUndefined();
});

test('an upstream’s hint decides, within half an hour and the cap', () => {
  const rule = (hintMs: number, capMs = dayMs) =>
    cooldownRule({ kind: 'rate-limit', retryAfterMs: hintMs }, capMs);
  expect(rule(7_000)).toMatchObject({ baseMs: 7_000, maxMs: 7_000 });
  expect(rule(dayMs)).toMatchObject({ baseMs: 1_800_000, maxMs: 1_800_000 });
  expect(rule(7_000, 3_000)).toMatchObject({ baseMs: 3_000, maxMs: 3_000 });
  expect(rule(0)).toMatchObject({ baseMs: 1_000, maxMs: 1_800_000 });
});

const now = Date.parse('Sun, 06 Nov 1994 08:49:30 GMT');
test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 7_000],
  ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1e9', undefined],
  ['', undefined],
  ['1.5', undefined],
])('Retry-After "%s" is %s ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
