import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { gauntletError } from '../errors.ts';
import { interpolate } from './interpolate.ts';
import { noHealthPath, type ProcessExtension, type ServiceSpec, variablePrefix } from './service.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads the services of a compose file, with `variables` filled in.
 *
 * @throws GNT_COMPOSE_FILE when it cannot be read, is not YAML, or lacks what gauntlet needs.
 */
export function readComposeFile(path: string, variables: Variables): readonly ServiceSpec[] {
  try {
    return parseComposeFile(readFileSync(path, 'utf8'), variables);
  } catch (cause) {
    throw gauntletError('GNT_COMPOSE_FILE', path, cause);
  }
}

/** The same for the text of a compose file; throws plain errors. */
export function parseComposeFile(text: string, variables: Variables): readonly ServiceSpec[] {
  const file = parse(text, { merge: true }) as Raw | null;
  const services = file?.services as Record<string, Raw> | undefined;
  if (!services || typeof services !== 'object') throw new Error('it has no "services"');
  const specs = Object.entries(services).map(([name, raw]) =>
    toSpec(name, fill(raw, variables) as Raw, variables),
  );
  const known = new Set(specs.map((spec) => spec.name));
  for (const spec of specs) {
    const missing = spec.dependsOn.find((name) => !known.has(name));
    if (missing) throw new Error(`${spec.name} depends on "${missing}", which is not a service`);
  }
  return specs;
}

function fill(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => fill(item, variables));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, variables)]));
  }
  return value;
}

/** The short form of `depends_on` waits for nothing. Source: Compose Specification, "depends_on". */
function dependencies(value: unknown): Pick<ServiceSpec, 'dependsOn' | 'waitsFor'> {
  if (Array.isArray(value)) return { dependsOn: value, waitsFor: [] };
  const conditions = (value ?? {}) as Readonly<Record<string, { readonly condition?: string } | null>>;
  const dependsOn = Object.keys(conditions);
  return {
    dependsOn,
    waitsFor: dependsOn.filter((name) => conditions[name]?.condition === 'service_healthy'),
  };
}

function toSpec(name: string, raw: Raw, variables: Variables): ServiceSpec {
  if (!raw || typeof raw !== 'object') throw new Error(`service "${name}" is not a mapping`);
  const ports = strings(raw.ports, `${name}.ports`);
  const container = Number(ports[0]?.split(':').at(-1));
  if (!Number.isInteger(container)) throw new Error(`service "${name}" publishes no port`);
  const check = (raw.healthcheck as Raw | undefined)?.test;
  const process = (raw['x-process'] ?? {}) as ProcessExtension;
  return {
    name,
    title: String(raw['x-title'] ?? name),
    profiles: strings(raw['x-part-of'] ?? raw.profiles ?? [], `${name}.profiles`),
    image: String(raw.image ?? ''),
    command: strings(raw.command ?? [], `${name}.command`),
    environment: Object.fromEntries(
      Object.entries((raw.environment ?? {}) as Raw).map(([key, value]) => [key, String(value ?? '')]),
    ),
    port: { container, variable: `${variablePrefix(name)}_PORT` },
    ...dependencies(raw.depends_on),
    healthcheck: strings(check ?? [], `${name}.healthcheck.test`),
    ...healthOf(raw['x-health'], variables[`${variablePrefix(name)}_HEALTH`]),
    process,
  };
}

/** What the user says of a replacement counts more than the path of the service that it replaces. */
function healthOf(usual: unknown, told: string | undefined): Pick<ServiceSpec, 'healthPath' | 'anyAnswer'> {
  if (typeof usual !== 'string') return {};
  if (told === noHealthPath) return { healthPath: '/', anyAnswer: true };
  return { healthPath: told || usual };
}

function strings(value: unknown, where: string): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw new Error(`${where} is not a list`);
  return value.map(String);
}
