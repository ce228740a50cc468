import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { resolveImages } from './resolve-images.ts';

/** Stands for an engine without images that builds everything, and says so as BuildKit does. */
const fakeDocker = `#!/bin/sh
case "$1" in
  image) echo "Error response from daemon: No such image" >&2; exit 1 ;;
  buildx) printf '#7 1.2 compiling\\n#9 exporting to image\\n#9 exporting layers\\n#9 exporting layers 0.3s done\\n#9 DONE 0.4s\\n' ;;
esac
`;

const path = process.env.PATH;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-'));
  writeFileSync(join(folder, 'docker'), fakeDocker);
  chmodSync(join(folder, 'docker'), 0o755);
  process.env.PATH = [folder, path].join(delimiter);
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

test('an image that is built says at the end that it is, and nothing of its layers any more', async () => {
  const said: string[] = [];
  const images = await resolveImages(['node'], { mode: 'build', onProgress: (_, line) => said.push(line) });
  expect(images.node).toMatchObject({ from: 'built', fresh: true });
  expect(said).toContain('compiling');
  expect(said.at(-1)).toBe('built');
  expect(said.filter((line) => line.includes('done'))).toEqual([]);
});
