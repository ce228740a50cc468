import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pipeTextOf } from './open-webui-state.ts';

let folder: string;
const text = 'class Pipe:\n    pass\n';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipes of mine '));
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'below/pipe.py'), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('OPEN_WEBUI_PIPE takes an absolute path, and one from the folder that the command is called in', () => {
  expect(pipeTextOf(join(folder, 'below/pipe.py'), '/')).toBe(text);
  expect(pipeTextOf('below/pipe.py', folder)).toBe(text);
  expect(pipeTextOf('../below/pipe.py', join(folder, 'below'))).toBe(text);
});

test('a file that is not there, and a folder, are errors with the whole path and a reason', () => {
  const thrown = (file: string) => {
    try {
      return pipeTextOf(file, folder);
    } catch (error) {
      return error;
    }
  };
  const missing = {
    code: 'GNT_PIPE_UNREADABLE',
    message: expect.stringContaining(join(folder, 'absent.py')),
  };
  expect(thrown('absent.py')).toMatchObject(missing);
  expect(String(thrown('absent.py'))).toContain('ENOENT');
  expect(String(thrown('below'))).toContain('EISDIR');
});

test('none at all is an error of usage', () => {
  expect(() => pipeTextOf(undefined)).toThrow(expect.objectContaining({ code: 'GNT_USAGE' }));
  expect(() => pipeTextOf('')).toThrow(expect.objectContaining({ code: 'GNT_USAGE' }));
});
