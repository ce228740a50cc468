import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../stack/process/launch.ts';
import { providerNames } from './catalogue.ts';
import { rootsOf, setupOfSuites, suiteGroups } from './suite-groups.ts';

test('a group means its folders and files, any other name its folder, each once', () => {
  expect(rootsOf(['vision', 'gateway', 'base', 'vision'])).toEqual([
    'vision/images.test.ts',
    'gateway/',
    'base/',
  ]);
});

test('the roots of every group exist, and its setup is one', () => {
  for (const { name, roots, setup } of suiteGroups) {
    for (const root of roots)
      expect([name, root, existsSync(join(packageRoot, 'e2e', root))]).toContain(true);
    expect([name, providerNames.includes(setup)]).toEqual([name, true]);
  }
});

test('the setup of a selection is that of its first group', () => {
  expect(setupOfSuites(['gateway', 'vision'])).toEqual({ value: 'scripted', from: 'suite vision' });
  expect(setupOfSuites(['gateway'])).toBeUndefined();
});
