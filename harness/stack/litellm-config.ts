import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gauntletError } from '../errors.ts';
import type { DriverName } from './replacement.ts';

/** Where the folder of the configuration is mounted in the container. */
const inContainer = '/app/litellm-config';

export interface ConfigFolders {
  /** Of whoever gave the command: a relative path is of this folder first. */
  readonly caller: string;
  /** Root of the package, for what it carries itself. */
  readonly package: string;
}

/**
 * The variables of compose.yaml for the configuration that `LITELLM_CONFIG` names: any file, absolute, or relative to the
 * caller's folder or to the package. Its callbacks are looked for beside it, so that a container gets its whole folder.
 *
 * @throws GNT_LITELLM_CONFIG when there is no such file
 */
export function litellmConfig(
  named: string | undefined,
  driver: DriverName,
  folders: ConfigFolders,
): Readonly<Record<string, string>> {
  if (!named || driver === 'remote') return {};
  const places = [...new Set([resolve(folders.caller, named), resolve(folders.package, named)])];
  const path = places.find((place) => existsSync(place) && statSync(place).isFile());
  if (path === undefined) throw gauntletError('GNT_LITELLM_CONFIG', named, places.join(' or '));
  if (driver === 'process') return { LITELLM_CONFIG: path };
  return { LITELLM_CONFIG: join(inContainer, basename(path)), LITELLM_CONFIG_FOLDER: dirname(path) };
}
