import { execa } from 'execa';
import { gauntletError } from '../errors.ts';
import type { DriverName } from '../stack/replacement.ts';

export interface ChosenDriver {
  readonly name: DriverName;
  /** Why it was chosen, for the first line. */
  readonly why: string;
  /** Whether a container engine may answer. */
  readonly engine: boolean;
}

/** The asked-for driver, else `compose` when an engine answers, else `process`. Throws GNT_ENGINE_UNREACHABLE. */
export async function chooseDriver(asked: DriverName | undefined): Promise<ChosenDriver> {
  if (asked && asked !== 'compose') return { name: asked, why: '', engine: true };
  const engine = await engineVersion();
  if (asked === 'compose' && engine.error) throw gauntletError('GNT_ENGINE_UNREACHABLE', engine.error);
  return engine.error
    ? { name: 'process', why: `no engine answers: ${engine.error}`, engine: false }
    : { name: 'compose', why: `engine ${engine.version}`, engine: true };
}

async function engineVersion(): Promise<{ version: string; error?: string }> {
  const result = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    reject: false,
    timeout: 10_000,
  });
  if (result.exitCode === 0) {
    const compose = await execa('docker', ['compose', 'version', '--short'], {
      reject: false,
      timeout: 10_000,
    });
    if (compose.exitCode === 0) return { version: result.stdout.trim() };
    return { version: '', error: 'the docker command has no compose plugin' };
  }
  const said = (result.stderr || result.shortMessage || '').trim().split('\n')[0] ?? '';
  return { version: '', error: said.includes('ENOENT') ? 'there is no docker command' : said };
}
