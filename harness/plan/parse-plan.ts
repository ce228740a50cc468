import { gauntletError } from '../errors.ts';
import { fieldsOf, list, oneOf, record, refuse, text, whole } from './decode.ts';
import { parseFault, parseTrigger } from './parse-fault.ts';
import {
  type FaultStep,
  misplaced,
  type OperationStep,
  type Phase,
  type Plan,
  planVersion,
  type Step,
} from './plan.ts';

/**
 * Reads the JSON text of a plan.
 * @throws GauntletError GNT_PLAN_VERSION for a plan of another version, GNT_PLAN_INVALID for anything else
 */
export function parsePlan(json: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw gauntletError('GNT_PLAN_INVALID', cause);
  }
  const { version } = record(value, 'the plan');
  if (version === undefined) refuse('the plan', 'has no version');
  if (version !== planVersion) throw gauntletError('GNT_PLAN_VERSION', JSON.stringify(version), planVersion);
  const names = ['version', 'workload', 'seed', 'path', 'clients', 'phases'];
  const fields = fieldsOf(value, 'the plan', names);
  const clients = whole(fields.clients, 'clients', 0);
  const phases = list(fields.phases, 'phases').map((phase, index) => {
    const place = `phases[${index}]`;
    const { steps } = fieldsOf(phase, place, ['steps']);
    return {
      steps: list(steps, `${place}.steps`).map((step, at) =>
        parseStep(step, `${place}.steps[${at}]`, clients),
      ),
    };
  });
  checkIds(phases);
  return {
    version: planVersion,
    workload: text(fields.workload, 'workload'),
    seed: whole(fields.seed, 'seed', Number.MIN_SAFE_INTEGER),
    ...(fields.path === undefined ? {} : { path: text(fields.path, 'path') }),
    clients,
    phases,
  };
}

function parseStep(value: unknown, place: string, clients: number): Step {
  const kind = oneOf(record(value, place).kind, `${place}.kind`, ['operation', 'fault']);
  return kind === 'operation' ? parseOperation(value, place, clients) : parseFaultStep(value, place);
}

function parseOperation(value: unknown, place: string, clients: number): OperationStep {
  const fields = fieldsOf(value, place, ['kind', 'id', 'client', 'worker', 'name', 'args']);
  return {
    kind: 'operation',
    id: text(fields.id, `${place}.id`),
    client: whole(fields.client, `${place}.client`, 1, clients),
    ...(fields.worker === undefined ? {} : { worker: whole(fields.worker, `${place}.worker`, 1, 64) }),
    name: text(fields.name, `${place}.name`),
    args: record(fields.args, `${place}.args`),
  };
}

function parseFaultStep(value: unknown, place: string): FaultStep {
  const fields = fieldsOf(value, place, ['kind', 'id', 'fault', 'when']);
  const fault = parseFault(fields.fault, `${place}.fault`);
  const id = text(fields.id, `${place}.id`);
  if (fields.when === undefined) return { kind: 'fault', id, fault };
  if (fault.on === 'stream' || fault.on === 'client') {
    refuse(`${place}.when`, 'is for faults of workers, services and links');
  }
  const when = parseTrigger(fields.when, `${place}.when`);
  // The wire looks for the operation on its way to a service, and a link is between two.
  if (fault.on === 'link' && 'atUpstream' in when) {
    refuse(`${place}.when.atUpstream`, 'is for faults of workers and services');
  }
  return { kind: 'fault', id, fault, when };
}

function checkIds(phases: readonly Phase[]): void {
  const seen = new Set<string>();
  const earlier = new Set<string>();
  for (const { steps } of phases) {
    for (const { id } of steps) {
      if (seen.has(id)) refuse(`the id "${id}"`, 'is used twice');
      seen.add(id);
    }
    for (const step of steps) {
      const problem = step.kind === 'fault' ? misplaced(step, steps, earlier) : undefined;
      if (problem !== undefined) refuse(`the fault "${step.id}"`, problem);
    }
    for (const { kind, id } of steps) if (kind === 'operation') earlier.add(id);
  }
}
