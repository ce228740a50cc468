import { randomBytes } from 'node:crypto';
import getPort from 'get-port';
import { gauntletError } from '../errors.ts';
import { gatewayEntries } from '../smoke/providers/chosen-provider.ts';
import { readComposeFile } from './compose-file.ts';
import { litellmConfig } from './litellm-config.ts';
import type { PlannedService } from './planned-service.ts';
import { packageRoot } from './process/launch.ts';
import {
  type Recording,
  recordedOrigins,
  recorderVariables,
  throughRecorder,
  withoutEdge,
} from './recorder-edge.ts';
import { type DriverName, sourceOf } from './replacement.ts';
import { type ServiceSpec, variablePrefix } from './service.ts';
import { planLinks, type WantedLinks, type WireLink, wireLinksVariable } from './wire-links.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is decided before the first process starts. */
export interface StackPlan {
  readonly runId: string;
  readonly driver: DriverName;
  readonly composeFile: string;
  readonly workers: number;
  readonly services: readonly PlannedService[];
  /** Where the wire stands; without links there is no wire. */
  readonly links: readonly WireLink[];
  /** Values of the variables in compose.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Credentials made for this run, and those of its setup; redacted wherever text leaves it. */
  readonly secrets: readonly string[];
  /** What `--env` adds to the environment of every service that is a server of ours or of the user's. */
  readonly serviceEnvironment?: Readonly<Record<string, string>>;
}

export interface PlanRequest {
  readonly driver: DriverName;
  readonly composeFile: string;
  /** Undefined for all. */
  readonly profiles: readonly string[] | undefined;
  readonly workers: number;
  readonly environment: Environment;
  readonly links?: WantedLinks;
  /** What the setup decides; it beats the environment. */
  readonly setup?: StackSetup | undefined;
  /** With it the recorder stands at the edge of the stack. */
  readonly recording?: Recording | undefined;
  /** Why the machine cannot run a service, if so. */
  readonly absence: (spec: ServiceSpec) => Promise<string | undefined> | undefined;
}

/** A setup's part of a stack. */
export interface StackSetup {
  /** Values of variables in compose.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly serviceEnvironment: Readonly<Record<string, string>>;
}

/** Chooses services, their sources, ports and credentials. Throws the codes of `sourceOf`, GNT_USAGE, GNT_COMPOSE_FILE. */
export async function planStack(request: PlanRequest): Promise<StackPlan> {
  const { driver, setup } = request;
  const environment = { ...request.environment, ...setup?.variables };
  const specs = readComposeFile(request.composeFile, environment);
  const known = [...new Set(specs.flatMap((spec) => spec.profiles))];
  const unknown = request.profiles?.find((profile) => !known.includes(profile));
  if (unknown)
    throw gauntletError('GNT_USAGE', `Unknown profile "${unknown}"; profiles: ${known.join(', ')}.`);

  const wanted = (spec: ServiceSpec) =>
    spec.profiles.some((profile) => request.profiles?.includes(profile) ?? true);
  const chosen = await Promise.all(
    specs.map(async (spec): Promise<PlannedService> => {
      if (!wanted(spec)) return { mode: 'absent', spec, reason: `profile ${spec.profiles[0]} not selected` };
      const source = sourceOf(spec, environment, driver);
      if (source.kind === 'url') return { mode: 'remote', spec, url: source.url };
      if (driver === 'remote') {
        return { mode: 'absent', spec, reason: `no ${variablePrefix(spec.name)}_URL given` };
      }
      const reason = source.kind === 'own' ? await request.absence(spec) : undefined;
      if (reason) return { mode: 'absent', spec, reason };
      return { mode: 'start', spec, source, hostPort: await hostPort(spec, environment) };
    }),
  );

  const { recording } = request;
  const origins = recording && recordedOrigins(recording, environment.RECORDER_UPSTREAMS);
  const there = recording?.mode === 'replay' ? chosen.map(withoutEdge) : chosen;
  const complete = there.map((service) => withoutDependency(service, there));

  const runId = randomBytes(3).toString('hex');
  const credentials = makeCredentials(environment);
  const settled = {
    ...setup?.variables,
    ...credentials,
    GAUNTLET_RUN: runId,
    WORKERS: String(request.workers),
    ...modelApi(complete, environment),
    ...configOfLitellm(complete, driver, environment),
    SCOPE_SERVICES: scopeServices(complete),
    SMOKE_PROVIDERS: gatewayEntries(environment),
    ...healthVariables(specs, environment),
    ...(recording && origins ? recorderVariables(recording, origins) : {}),
    ...Object.fromEntries(
      complete.flatMap((entry) =>
        entry.mode === 'start' ? [[entry.spec.port.variable, String(entry.hostPort)]] : [],
      ),
    ),
  };
  const filledWith = (values: Readonly<Record<string, string>>, services: readonly PlannedService[]) => {
    const filled = readComposeFile(request.composeFile, { ...environment, ...values });
    return services.map((entry) => ({
      ...entry,
      spec: withEnvironment(
        filled.find(({ name }) => name === entry.spec.name) ?? entry.spec,
        setup?.serviceEnvironment,
      ),
    }));
  };
  const links = await linksOf(request, filledWith(settled, complete));
  const variables = { ...settled, WIRE_LINKS: wireLinksVariable(links, complete) };
  const unused = [...(links.length > 0 ? [] : ['wire']), ...(recording ? [] : ['recorder'])];
  const planned = complete.filter(({ spec }) => !unused.includes(spec.name));
  const filled = filledWith(variables, planned);
  return {
    runId,
    driver,
    composeFile: request.composeFile,
    workers: request.workers,
    services: filled
      .map((entry) => (origins ? throughRecorder(entry, origins) : entry))
      .map((entry) => afterTheWire(entry, links)),
    links,
    variables,
    secrets: [...Object.values(credentials), ...(setup?.secrets ?? [])],
    ...(setup ? { serviceEnvironment: setup.serviceEnvironment } : {}),
  };
}

/** What gauntlet itself runs beside the services is none of the user's. */
function withEnvironment(spec: ServiceSpec, added: StackSetup['serviceEnvironment'] = {}): ServiceSpec {
  if (['scope', 'wire', 'recorder'].includes(spec.name)) return spec;
  return { ...spec, environment: { ...spec.environment, ...added } };
}

/** What a service cannot do without is absent: so is the service. */
function withoutDependency(service: PlannedService, all: readonly PlannedService[]): PlannedService {
  if (service.mode !== 'start') return service;
  const missing = all.find(
    ({ mode, spec }) => mode === 'absent' && service.spec.dependsOn.includes(spec.name),
  );
  if (missing?.mode !== 'absent') return service;
  return { mode: 'absent', spec: service.spec, reason: `it needs ${missing.spec.name}: ${missing.reason}` };
}

/** @throws GauntletError GNT_USAGE */
async function linksOf(
  { links, driver }: PlanRequest,
  services: readonly PlannedService[],
): Promise<readonly WireLink[]> {
  if (!links) return [];
  const hasWire = services.some(({ mode, spec }) => mode === 'start' && spec.name === 'wire');
  if (hasWire) return planLinks(links, services, driver === 'compose');
  if (links.named.length === 0) return [];
  throw gauntletError(
    'GNT_USAGE',
    '--wire: this stack starts no wire; it needs the profile core and a driver that starts services.',
  );
}

/** A service finds the wire in place of another one, so it starts after it. */
function afterTheWire(service: PlannedService, links: readonly WireLink[]): PlannedService {
  const { spec } = service;
  if (!links.some(({ from }) => from === spec.name)) return service;
  const waits = { dependsOn: [...spec.dependsOn, 'wire'], waitsFor: [...spec.waitsFor, 'wire'] };
  return { ...service, spec: { ...spec, ...waits } };
}

/** Ports are chosen once, so that they stay the same when a service is restarted. */
async function hostPort(spec: ServiceSpec, environment: Environment): Promise<number> {
  const fixed = environment[spec.port.variable];
  if (!fixed) return getPort({ host: '127.0.0.1' });
  const port = Number(fixed);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw gauntletError('GNT_USAGE', `${spec.port.variable}=${fixed} is not a port number.`);
  }
  const free = await getPort({ port, host: '127.0.0.1' });
  if (free !== port) throw gauntletError('GNT_PORT_TAKEN', port, spec.name, spec.port.variable);
  return port;
}

function makeCredentials(environment: Environment): Record<string, string> {
  const names = [
    'POSTGRES_PASSWORD',
    'REDIS_PASSWORD',
    'LITELLM_MASTER_KEY',
    'WEBUI_SECRET_KEY',
    'WEBUI_ADMIN_PASSWORD',
    'SCOPE_TOKEN',
    'WIRE_TOKEN',
    'GATEWAY_ADMIN_KEY',
  ];
  const make = (name: string) =>
    `${name === 'LITELLM_MASTER_KEY' ? 'sk-' : ''}${randomBytes(16).toString('hex')}`;
  return Object.fromEntries(names.map((name) => [name, environment[name] || make(name)]));
}

/** Without LiteLLM, and without another model API, the baselines talk to the provider of the setup directly. */
function modelApi(services: readonly PlannedService[], environment: Environment): Record<string, string> {
  if (environment.MODEL_API_URL) return {};
  const litellm = services.find((entry) => entry.spec.name === 'litellm');
  if (litellm && litellm.mode !== 'absent') return {};
  const { SETUP_BASE_URL, SETUP_MODEL_API_KEY, MODEL_API_KEY } = environment;
  return {
    MODEL_API_URL: SETUP_BASE_URL || 'http://provider:9100/v1',
    ...(SETUP_MODEL_API_KEY && !MODEL_API_KEY ? { MODEL_API_KEY: SETUP_MODEL_API_KEY } : {}),
  };
}

function configOfLitellm(
  services: readonly PlannedService[],
  driver: DriverName,
  { LITELLM_CONFIG }: Environment,
): Readonly<Record<string, string>> {
  const isStarted = services.some(({ mode, spec }) => mode === 'start' && spec.name === 'litellm');
  const folders = { caller: process.cwd(), package: packageRoot };
  return isStarted ? litellmConfig(LITELLM_CONFIG, driver, folders) : {};
}

/** Where replacements are asked for their health, kept for whoever starts one again. */
function healthVariables(specs: readonly ServiceSpec[], environment: Environment): Record<string, string> {
  const names = specs.map(({ name }) => `${variablePrefix(name)}_HEALTH`);
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

/** Addresses for the scope, rewritten by the drivers like every other address. */
function scopeServices(services: readonly PlannedService[]): string {
  const started = services.filter(
    ({ mode, spec }) => mode === 'start' && spec.name !== 'scope' && spec.name !== 'wire',
  );
  return JSON.stringify(
    Object.fromEntries(started.map(({ spec }) => [spec.name, `${spec.name}:${spec.port.container}`])),
  );
}
