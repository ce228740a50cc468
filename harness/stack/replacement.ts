import { gauntletError } from '../errors.ts';
import { noHealthPath, type ServiceSpec, variablePrefix } from './service.ts';

export type DriverName = 'compose' | 'process' | 'remote';
type Environment = Readonly<Record<string, string | undefined>>;

/** Where a service comes from: started here, possibly from the user's image or command, or already running. */
export type Source =
  /** `version` in place of the pinned one. */
  | { readonly kind: 'own'; readonly version?: string }
  | { readonly kind: 'image'; readonly image: string }
  /** `python`: folder with the requirements.lock of the environment whose programs it finds first. */
  | { readonly kind: 'command'; readonly command: string; readonly python?: string }
  | { readonly kind: 'url'; readonly url: string };

/** Services that TEST_MODE selects, with the variable names of spec 101. */
const testModeNames: Readonly<Record<string, string>> = {
  gateway: 'GATEWAY',
  'baseline-cli': 'BASELINE_CLI',
  'baseline-langchain': 'BASELINE_LANGCHAIN',
  memory: 'MEMORY_SERVICE',
};

/**
 * Reads from the environment what stands in for `spec`: `<SERVICE>_IMAGE`, `_COMMAND` (with `_PYTHON`), `_URL` or
 * `_VERSION`, or for the four services of spec 101 `<SERVICE>_LOCAL` / `<SERVICE>_DEPLOYED` after TEST_MODE.
 *
 * @throws GNT_REPLACEMENT_CONFLICT, GNT_REPLACEMENT_UNSUPPORTED, GNT_REMOTE_URL_MISSING, GNT_URL_INVALID, GNT_USAGE
 */
export function sourceOf(spec: ServiceSpec, environment: Environment, driver: DriverName): Source {
  const prefix = variablePrefix(spec.name);
  const names = ['URL', 'IMAGE', 'COMMAND', 'VERSION'].map((kind) => `${prefix}_${kind}`);
  const set = names.filter((name) => environment[name]);
  if (set.length > 1) throw gauntletError('GNT_REPLACEMENT_CONFLICT', set[0], set[1], spec.name);
  const [name] = set;
  const python = environment[`${prefix}_PYTHON`];
  if (python && !name?.endsWith('_COMMAND')) {
    throw gauntletError('GNT_USAGE', `${prefix}_PYTHON is for a ${prefix}_COMMAND, and there is none.`);
  }
  checkHealth(`${prefix}_HEALTH`, environment);
  if (!name) return testModeSource(spec, environment);
  const value = environment[name] ?? '';
  if (name.endsWith('_URL')) return { kind: 'url', url: checkUrl(name, value) };
  if (driver === 'remote') {
    throw gauntletError(
      'GNT_REPLACEMENT_UNSUPPORTED',
      name,
      driver,
      `It starts nothing; give ${prefix}_URL.`,
    );
  }
  if (name.endsWith('_VERSION')) return { kind: 'own', version: checkVersion(spec, name, value, driver) };
  if (python && driver === 'compose') {
    const hint = `Use \`--driver process\`, or ${prefix}_IMAGE with an image that has what the command needs.`;
    throw gauntletError('GNT_REPLACEMENT_UNSUPPORTED', `${prefix}_PYTHON`, driver, hint);
  }
  if (name.endsWith('_COMMAND')) return { kind: 'command', command: value, ...(python ? { python } : {}) };
  if (driver === 'process') {
    const hint = `It runs no images; use \`--driver compose\`, ${prefix}_COMMAND or ${prefix}_URL.`;
    throw gauntletError('GNT_REPLACEMENT_UNSUPPORTED', name, driver, hint);
  }
  return { kind: 'image', image: value };
}

function testModeSource(spec: ServiceSpec, environment: Environment): Source {
  const mode = environment.TEST_MODE ?? 'local';
  if (mode !== 'local' && mode !== 'deployed') {
    throw gauntletError('GNT_USAGE', `TEST_MODE=${mode} is unknown; it is local or deployed.`);
  }
  const prefix = testModeNames[spec.name];
  if (!prefix) return { kind: 'own' };
  const name = `${prefix}_${mode.toUpperCase()}`;
  const value = environment[name];
  if (value === 'start') return { kind: 'own' };
  if (value) return { kind: 'url', url: checkUrl(name, value) };
  if (mode === 'deployed') throw gauntletError('GNT_REMOTE_URL_MISSING', name, name);
  return { kind: 'own' };
}

function checkVersion(spec: ServiceSpec, name: string, value: string, driver: DriverName): string {
  const prefix = variablePrefix(spec.name);
  if (!spec.process.package) {
    throw gauntletError(
      'GNT_REPLACEMENT_UNSUPPORTED',
      name,
      driver,
      'Only Python services have versions to choose.',
    );
  }
  if (driver !== 'process') {
    const hint = `Use \`--driver process\`, or ${prefix}_IMAGE with an image of that version.`;
    throw gauntletError('GNT_REPLACEMENT_UNSUPPORTED', name, driver, hint);
  }
  if (!/^\d[\w.+-]*$/.test(value)) {
    throw gauntletError('GNT_USAGE', `${name}=${value} is not a version such as 1.2.3.`);
  }
  return value;
}

function checkHealth(name: string, environment: Environment): void {
  const value = environment[name];
  if (!value || value === noHealthPath || value.startsWith('/')) return;
  throw gauntletError(
    'GNT_USAGE',
    `${name}=${value} is neither a path such as /healthz nor "${noHealthPath}".`,
  );
}

/** What the URLs of services begin with that don't speak HTTP. */
const urlProtocols: Readonly<Record<string, readonly string[]>> = {
  POSTGRES_URL: ['postgres:', 'postgresql:'],
  REDIS_URL: ['redis:', 'rediss:'],
};

function checkUrl(name: string, value: string): string {
  const protocols = urlProtocols[name] ?? ['http:', 'https:'];
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw gauntletError('GNT_URL_INVALID', name, value);
  }
  return value.replace(/\/+$/, '');
}
