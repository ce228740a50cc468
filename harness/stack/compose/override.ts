import { stringify } from 'yaml';
import { rewriteAddresses } from '../addresses.ts';
import { mustBeHealthy, startedServices } from '../driver.ts';
import type { StackPlan } from '../plan-stack.ts';
import { recordedVariables } from '../recorder-edge.ts';
import { linkPort } from '../wire-links.ts';

type Override = Record<string, unknown>;

/**
 * What a run changes in compose.yaml, as the text of a second compose file; undefined when it changes nothing:
 * services replaced by the user's image or command, addresses of services that run elsewhere, and links of the wire.
 */
export function composeOverride(plan: StackPlan): string | undefined {
  const services: Record<string, Override> = {};
  const remote =
    plan.services.some((service) => service.mode === 'remote') ||
    onHost.test(plan.variables.SETUP_BASE_URL ?? '') ||
    onHost.test(plan.variables.SETUP_PROVIDERS ?? '');
  const started = startedServices(plan);
  for (const service of started) {
    const { spec, source } = service;
    const changed: Override = {};
    if (source.kind === 'image')
      Object.assign(changed, { image: source.image, pull_policy: 'missing', command: reset });
    if (source.kind === 'command') {
      // The command means the files of the folder it was given in, as it does without containers.
      Object.assign(changed, {
        command: ['sh', '-c', source.command],
        working_dir: '/workspace',
        volumes: [`${process.cwd()}:/workspace:ro`],
      });
    }
    // A stranger's image may have no program to check itself with; gauntlet asks it from outside. Not `disable`: then
    // `up --wait` refuses the container, while one without a check counts when it runs.
    if (source.kind !== 'own') changed.healthcheck = reset;
    const linked = plan.links.some(({ from }) => from === spec.name);
    const recorded = recordedVariables(service);
    if (Object.keys(recorded).length > 0) changed.environment = recorded;
    // Whoever records owns the files.
    if (spec.name === 'recorder' && plan.variables.RECORDER_USER) changed.user = plan.variables.RECORDER_USER;
    if (remote || linked) {
      const reach = (to: string, port: number) => {
        const listen = linkPort(plan.links, spec.name, to);
        return listen === undefined ? `${to}:${port}` : `wire:${listen}`;
      };
      const moved = Object.entries(spec.environment).flatMap(([name, value]) => {
        const rewritten = fromContainer(
          rewriteAddresses(value, plan, ({ spec: { name: to, port } }) => reach(to, port.container)),
        );
        return rewritten === value ? [] : [[name, rewritten]];
      });
      if (moved.length > 0) {
        changed.environment = { ...recorded, ...Object.fromEntries(moved) };
        if (remote) changed.extra_hosts = ['host.docker.internal:host-gateway'];
      }
    }
    const added = Object.keys(plan.serviceEnvironment ?? {}).filter((name) => name in spec.environment);
    if (added.length > 0) {
      const values = Object.fromEntries(added.map((name) => [name, spec.environment[name]]));
      changed.environment = { ...values, ...(changed.environment as object | undefined) };
    }
    const onWire = linked ? { wire: { condition: 'service_healthy' } } : undefined;
    if (onWire) changed.depends_on = onWire;
    if (spec.name === 'wire') {
      const published = plan.links.flatMap(({ hostPort, listen }) =>
        hostPort === undefined ? [] : [`127.0.0.1:${hostPort}:${listen}`],
      );
      if (published.length > 0) changed.ports = published;
    }
    const dependencies = spec.dependsOn.map((name) => started.find((other) => other.spec.name === name));
    if (dependencies.includes(undefined)) changed.depends_on = reset;
    else if ([service, ...dependencies].some((other) => other?.source.kind !== 'own')) {
      const condition = (name: string) =>
        // One that only gauntlet can ask for its health is never healthy to the engine.
        started.some((other) => other.spec.name === name && other.source.kind === 'own')
          ? 'service_healthy'
          : 'service_started';
      const waits = mustBeHealthy(service).map((name) => [name, { condition: condition(name) }]);
      if (waits.length > 0) changed.depends_on = { ...onWire, ...Object.fromEntries(waits) };
    }
    if (Object.keys(changed).length > 0) services[spec.name] = changed;
  }
  if (Object.keys(services).length === 0) return undefined;
  return stringify({ services }).replaceAll(`: ${reset}\n`, ': !reset null\n');
}

/** Takes a key away that merging would keep. Source: Compose Specification, "Reset value". */
const reset = 'RESET';

const onHost = /https?:\/\/(?:127\.0\.0\.1|localhost)(?=[:/]|$)/;

/** `127.0.0.1` inside a container is the container; the host has another name there. */
function fromContainer(value: string): string {
  return value.replace(/(https?:\/\/)(?:127\.0\.0\.1|localhost)(?=[:/]|$)/g, '$1host.docker.internal');
}
