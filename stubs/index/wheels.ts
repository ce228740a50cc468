import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildWheel, normalizedName, type Wheel } from './wheel.ts';

/** Builds every `<name>/<version>/` folder below `folder`. */
export async function buildPackages(folder: string): Promise<readonly Wheel[]> {
  const wheels: Wheel[] = [];
  for (const name of await foldersIn(folder)) {
    for (const version of await foldersIn(path.join(folder, name))) {
      const root = path.join(folder, name, version);
      const found = await readdir(root, { recursive: true, withFileTypes: true });
      const sources = found.filter((entry) => entry.isFile() && entry.name.endsWith('.py'));
      const files = await Promise.all(
        sources.map(async (entry) => {
          const file = path.join(entry.parentPath, entry.name);
          return { name: path.relative(root, file).split(path.sep).join('/'), data: await readFile(file) };
        }),
      );
      wheels.push(buildWheel({ name, version, files }));
    }
  }
  return wheels;
}

/** The wheels that lie ready in a folder. */
export async function readWheels(folder: string): Promise<readonly Wheel[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.whl')).sort();
  return Promise.all(
    names.map(async (filename) => ({
      filename,
      project: normalizedName(filename.split('-')[0] ?? ''),
      data: await readFile(path.join(folder, filename)),
    })),
  );
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('__'))
    .map((entry) => entry.name)
    .sort();
}
