import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { contentTag } from './content-tag.ts';

async function inContext(
  run: (folder: string, tag: (args?: Record<string, string>) => Promise<string>) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'content-tag-'));
  const dockerfile = join(folder, 'Dockerfile');
  await writeFile(dockerfile, 'FROM scratch\nCOPY source source\n');
  await mkdir(join(folder, 'source/inner'), { recursive: true });
  await writeFile(join(folder, 'source/a.ts'), 'one');
  await writeFile(join(folder, 'source/inner/b.ts'), 'two');
  const tag = (args = {}) => contentTag({ dockerfile, context: folder, inputs: ['source'], args });
  try {
    await run(folder, tag);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a tag has twelve hex digits and does not depend on times', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    await utimes(join(folder, 'source/a.ts'), 1, 1);
    expect(await tag()).toBe(before);
  }));

test('a changed file changes the tag', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await writeFile(join(folder, 'source/inner/b.ts'), 'three');
    expect(await tag()).not.toBe(before);
  }));

test('a moved boundary between two files changes the tag', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await writeFile(join(folder, 'source/a.ts'), 'onet');
    await writeFile(join(folder, 'source/inner/b.ts'), 'wo');
    expect(await tag()).not.toBe(before);
  }));

test('a renamed file changes the tag', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await rm(join(folder, 'source/a.ts'));
    await writeFile(join(folder, 'source/c.ts'), 'one');
    expect(await tag()).not.toBe(before);
  }));

test('a file made executable changes the tag', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await chmod(join(folder, 'source/a.ts'), 0o755);
    expect(await tag()).not.toBe(before);
  }));

test('a changed Dockerfile changes the tag', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
    expect(await tag()).not.toBe(before);
  }));

test('build arguments count, their order does not', () =>
  inContext(async (_folder, tag) => {
    expect(await tag({ A: '1' })).not.toBe(await tag({ A: '2' }));
    expect(await tag({ A: '1', B: '2' })).toBe(await tag({ B: '2', A: '1' }));
  }));

test('files outside the inputs, tests and installed packages do not count', () =>
  inContext(async (folder, tag) => {
    const before = await tag();
    await writeFile(join(folder, 'notes.md'), 'changed');
    await writeFile(join(folder, 'source/a.test.ts'), 'changed');
    await mkdir(join(folder, 'source/node_modules/x'), { recursive: true });
    await writeFile(join(folder, 'source/node_modules/x/index.js'), 'changed');
    expect(await tag()).toBe(before);
  }));

test('an input that is missing is an error, not an empty image', () =>
  inContext(async (folder, tag) => {
    await rm(join(folder, 'source'), { recursive: true });
    await expect(tag()).rejects.toThrow(/ENOENT/);
  }));
