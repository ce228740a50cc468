import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { litellmConfig } from './litellm-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'litellm-path-'));
const folders = { caller: join(folder, 'caller'), package: join(folder, 'package') };
for (const place of [folders.caller, folders.package]) mkdirSync(join(place, 'mine'), { recursive: true });
const own = join(folders.caller, 'mine/own.yaml');
const carried = join(folders.package, 'mine/carried.yaml');
const both = 'mine/both.yaml';
for (const path of [own, carried, join(folders.caller, both), join(folders.package, both)])
  writeFileSync(path, 'model_list: []\n');

test('a path is absolute, or relative to the folder of the caller, or else to the package', () => {
  const found = (named: string) => litellmConfig(named, 'process', folders).LITELLM_CONFIG;
  expect(found(own)).toBe(own);
  expect(found('mine/own.yaml')).toBe(own);
  expect(found('./mine/../mine/own.yaml')).toBe(own);
  expect(found('mine/carried.yaml')).toBe(carried);
  expect(found(both)).toBe(join(folders.caller, both));
});

test('a container gets the whole folder, for the callbacks beside the configuration', () => {
  expect(litellmConfig('mine/own.yaml', 'compose', folders)).toEqual({
    LITELLM_CONFIG: '/app/litellm-config/own.yaml',
    LITELLM_CONFIG_FOLDER: join(folders.caller, 'mine'),
  });
});

test('a file that is not there, or is a folder, is refused with the places that were looked at', () => {
  const refused = (named: string) => {
    try {
      return litellmConfig(named, 'process', folders);
    } catch (error) {
      return error;
    }
  };
  const missing = refused('mine/none.yaml') as Error;
  expect(missing).toMatchObject({ code: 'GNT_LITELLM_CONFIG' });
  expect(missing.message).toContain(join(folders.caller, 'mine/none.yaml'));
  expect(missing.message).toContain(join(folders.package, 'mine/none.yaml'));
  expect(refused('mine')).toMatchObject({ code: 'GNT_LITELLM_CONFIG' });
});

test('where none is named, or nothing is started, nothing changes', () => {
  expect(litellmConfig(undefined, 'process', folders)).toEqual({});
  expect(litellmConfig('', 'compose', folders)).toEqual({});
  expect(litellmConfig('mine/none.yaml', 'remote', folders)).toEqual({});
});
