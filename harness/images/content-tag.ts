import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What an image is made from. */
export interface ImageContent {
  /** Absolute paths. */
  readonly dockerfile: string;
  readonly context: string;
  /** Files and folders below the context. */
  readonly inputs: readonly string[];
  readonly args: Readonly<Record<string, string>>;
}

const leftOut = (name: string) =>
  name === 'node_modules' || name === '__pycache__' || name.endsWith('.test.ts');

/**
 * First 12 hex digits of a SHA-256 over the Dockerfile, the build arguments and every input file with its path
 * and whether it can be executed. Times and owners don't count, nor do files that docker/node's .dockerignore
 * leaves out, so two checkouts of the same commit share an image.
 */
export async function contentTag(content: ImageContent): Promise<string> {
  const hash = createHash('sha256');
  const add = (...parts: readonly (string | Buffer)[]) => {
    for (const part of parts) {
      hash.update(`${Buffer.byteLength(part)}:`);
      hash.update(part);
    }
  };
  add('dockerfile', await readFile(content.dockerfile));
  for (const [name, value] of Object.entries(content.args).sort(([a], [b]) => compare(a, b))) {
    add('arg', name, value);
  }
  for (const input of [...content.inputs].sort(compare)) {
    for await (const file of filesBelow(join(content.context, input))) {
      const executable = ((await stat(file)).mode & 0o100) === 0 ? 'plain' : 'executable';
      add('file', relative(content.context, file), executable, await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

async function* filesBelow(path: string): AsyncGenerator<string> {
  if (!(await stat(path)).isDirectory()) {
    yield path;
    return;
  }
  const entries = (await readdir(path)).filter((name) => !leftOut(name));
  for (const name of entries.sort(compare)) yield* filesBelow(join(path, name));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
