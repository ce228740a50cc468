import { expect, test } from '@jest/globals';
import { namedTargets, targetNames, whyLeftOut } from './target.ts';

const named = (text: string) => [...(namedTargets({ E2E_TARGETS: text }) ?? [])];

test('targets are named one by one, by another word for them, or all at once', () => {
  expect(named('api, telegram')).toEqual(['api', 'telegram']);
  expect(named('vscode,thinking')).toEqual(['clients', 'providers']);
  expect(named('all')).toEqual(targetNames);
  expect(namedTargets({ E2E_TARGETS: ' ' })).toBeUndefined();
});

test.each(['telegarm', 'api,', 'API', 'all,nothing'])(
  '"%s" is refused, with the targets there are',
  (text) => {
    expect(() => named(text)).toThrow(/is no target; targets: all, api, auth/);
  },
);

test('against doubles every target is tried', () => {
  expect(targetNames.map((name) => whyLeftOut(name, {}))).toEqual(targetNames.map(() => undefined));
});

test('live, who acts on the outside world is left out unless it is named', () => {
  const live = { E2E_LIVE: '1' };
  const leftOut = targetNames.filter((name) => whyLeftOut(name, live));
  expect(leftOut).toEqual(['telegram', 'discord', 'voice']);
  expect(whyLeftOut('telegram', { ...live, E2E_TARGETS: 'telegram' })).toBeUndefined();
});

test('what is not named is left out, with that reason', () => {
  expect(whyLeftOut('auth', { E2E_TARGETS: 'api' })).toBe('E2E_TARGETS does not name auth');
});
