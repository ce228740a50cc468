import { accessSync, constants } from 'node:fs';
import { gauntletError } from '../errors.ts';

/**
 * The CA bundle that builds and containers need on a network that intercepts TLS. `E2E_CA_BUNDLE` names it, or,
 * empty, says that there is none; else it is the one the host's own tools are told to use.
 * @throws GNT_USAGE when `E2E_CA_BUNDLE` names a file that cannot be read
 */
export function caBundleFromEnvironment(environment: NodeJS.ProcessEnv): string | undefined {
  const named = environment.E2E_CA_BUNDLE;
  if (named !== undefined) {
    if (named === '') return undefined;
    if (!readable(named)) throw gauntletError('GNT_USAGE', `E2E_CA_BUNDLE=${named} is not a readable file.`);
    return named;
  }
  return [environment.NODE_EXTRA_CA_CERTS, environment.SSL_CERT_FILE].find((file) => file && readable(file));
}

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
