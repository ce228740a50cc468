import fc from 'fast-check';
import { type FaultDraft, faultArbitrary, placeOf } from './fault-arbitrary.ts';
import type { JsonRecord } from './json.ts';
import { type FaultStep, type OperationStep, type Plan, planVersion } from './plan.ts';
import { tidy } from './tidy.ts';
import type { OperationShape, WorkloadShape } from './workload-shape.ts';

interface OperationDraft {
  readonly shape: OperationShape;
  readonly args: JsonRecord;
  readonly client: number;
  readonly worker: number | undefined;
  /** Runs beside the operation before it, not after. */
  readonly concurrent: boolean;
}

/**
 * Plans of a workload, with seed 0 and no path. They shrink to fewer steps, fewer clients, one thing after the other,
 * the first keys and no faults; a pin stays a pin, since one worker or another is what such plans are about.
 */
export function planArbitrary(shape: WorkloadShape): fc.Arbitrary<Plan> {
  const { maxSteps = 10, maxPhases = 5, maxFaults = 2 } = shape;
  const fault = faultArbitrary(shape);
  const faults = fault ? fc.array(fault, { maxLength: Math.min(maxFaults, maxSteps - 1) }) : fc.constant([]);
  const operations = fc.array(operationArbitrary(shape), { minLength: 1, maxLength: maxSteps, size: 'max' });
  return fc
    .tuple(faults, operations)
    .map(([disturbances, drafts]) =>
      assemble(shape, drafts.slice(0, maxSteps - disturbances.length), disturbances, maxPhases),
    );
}

/** Plan number `path` ("0", "1" …) of a seed; the same one for as long as the shape is the same. */
export function planOf(shape: WorkloadShape, seed: number, path: string): Plan {
  const [plan] = fc.sample(planArbitrary(shape), { seed, path, numRuns: 1 });
  if (!plan) throw new RangeError(`no plan at path ${path}`);
  return { ...plan, seed, path };
}

function operationArbitrary(shape: WorkloadShape): fc.Arbitrary<OperationDraft> {
  const choices = shape.operations.map((operation) => ({
    weight: operation.weight ?? 1,
    arbitrary: draftArbitrary(shape, operation),
  }));
  return fc.oneof(...choices);
}

function draftArbitrary(shape: WorkloadShape, operation: OperationShape): fc.Arbitrary<OperationDraft> {
  const workers = shape.workers[operation.service ?? shape.service] ?? 0;
  const pin = fc.integer({ min: 1, max: Math.max(1, workers) });
  const worker =
    workers > 1
      ? fc.oneof({ weight: 4, arbitrary: pin }, { weight: 1, arbitrary: fc.constant(undefined) })
      : fc.constant(undefined);
  const key = operation.keys ? fc.record({ key: fc.constantFrom(...operation.keys) }) : fc.constant({});
  return fc.record({
    shape: fc.constant(operation),
    args: fc.tuple(operation.args ?? fc.constant({}), key).map(([rest, chosen]) => ({ ...rest, ...chosen })),
    client: fc.integer({ min: 1, max: shape.clients }),
    worker,
    concurrent: fc.boolean(),
  });
}

function assemble(
  shape: WorkloadShape,
  drafts: readonly OperationDraft[],
  disturbances: readonly FaultDraft[],
  maxPhases: number,
): Plan {
  const phases: (OperationStep | FaultStep)[][] = [];
  const streamed = new Map<string, OperationDraft>();
  for (const [index, draft] of drafts.entries()) {
    const id = `o${index + 1}`;
    if (draft.shape.stream) streamed.set(id, draft);
    const last = phases.at(-1);
    const step: OperationStep = {
      kind: 'operation',
      id,
      client: draft.client,
      ...(draft.worker === undefined ? {} : { worker: draft.worker }),
      name: draft.shape.name,
      args: draft.args,
    };
    if (last && (draft.concurrent || phases.length >= maxPhases)) last.push(step);
    else phases.push([step]);
  }
  for (const [index, draft] of disturbances.entries()) {
    const { phase, operation } = placeOf(draft, phases, ({ id }, link) => {
      const target = streamed.get(id);
      return (
        target !== undefined && (link === undefined || (target.shape.meets?.(link, target.args) ?? true))
      );
    });
    const aimed = draft.aim(operation);
    if (aimed) phases[phase]?.unshift({ kind: 'fault', id: `f${index + 1}`, ...aimed });
  }
  return tidy({
    version: planVersion,
    workload: shape.name,
    seed: 0,
    clients: shape.clients,
    phases: phases.map((steps) => ({ steps })),
  });
}
