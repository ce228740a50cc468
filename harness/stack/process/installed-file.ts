import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gauntletError } from '../../errors.ts';
import { findPython, pythonEnvironment } from './python-environment.ts';

const installWithinMs = 300_000;

/**
 * The text of a file in a Python package, which is installed first as a user would: pip, into an environment of its own.
 *
 * @param folder with the requirements.lock that names the package, relative to this package
 * @param file below site-packages
 * @throws GNT_PYTHON_MISSING, GNT_PYTHON_ENVIRONMENT
 */
export async function installedFile(folder: string, file: string): Promise<string> {
  const python = await findPython();
  if (!python) throw gauntletError('GNT_PYTHON_MISSING', '3.11');
  const bound = AbortSignal.timeout(installWithinMs);
  const environment = await pythonEnvironment({ folder, python }, () => undefined, bound);
  const [version = ''] = readdirSync(join(environment, 'lib'));
  return readFileSync(join(environment, 'lib', version, 'site-packages', file), 'utf8');
}
