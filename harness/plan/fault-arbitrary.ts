import fc from 'fast-check';
import { type ClientFault, closings, type Fault, type StreamEffect, type StreamEffectKind } from './fault.ts';
import type { Trigger } from './plan.ts';
import type { FaultAllowance, WorkloadShape } from './workload-shape.ts';

/** Frames that a fault may hit: answers of workloads are at least this long. */
const MAX_FRAME = 6;

/** A fault that is not yet aimed: operation `operation` of its phase's streams, counted round. */
export interface FaultDraft {
  /** Which phase of the plan, and which of its streamed operations, counted round. */
  readonly phase: number;
  readonly operation: number;
  /** The fault, once its operation is known; undefined when it needs a streamed operation and there is none. */
  readonly aim: (operation: string | undefined) => Aimed | undefined;
}

export type Aimed = { readonly fault: Fault; readonly when?: Trigger };

/** Faults of the kinds that the shape allows; undefined when it allows none. */
export function faultArbitrary({ faults, workers }: WorkloadShape): fc.Arbitrary<FaultDraft> | undefined {
  const aims = faults ? aimArbitraries(faults, workers) : [];
  if (aims.length === 0) return undefined;
  return fc.record({ phase: fc.nat(9), operation: fc.nat(9), aim: fc.oneof(...aims) });
}

type Aim = FaultDraft['aim'];

function aimArbitraries(
  { worker, service, stream, client, revertAfterMs = 2_000 }: FaultAllowance,
  workers: WorkloadShape['workers'],
): readonly fc.Arbitrary<Aim>[] {
  const aims: fc.Arbitrary<Aim>[] = [];
  const when = fc.option(fc.integer({ min: 1, max: MAX_FRAME }), { nil: undefined });
  const seen = worker?.services.filter((name) => (workers[name] ?? 0) > 0) ?? [];
  if (worker && seen.length > 0 && worker.actions.length > 0) {
    const which = fc
      .constantFrom(...seen)
      .chain((name) => fc.record({ service: fc.constant(name), worker: upTo(workers[name] ?? 1) }));
    const aim = fc.tuple(which, fc.constantFrom(...worker.actions), when);
    aims.push(
      aim.map(([process, action, frames]) =>
        timed({ on: 'worker', action, ...process, revertAfterMs }, frames),
      ),
    );
  }
  if (service && service.services.length > 0 && service.actions.length > 0) {
    const aim = fc.tuple(fc.constantFrom(...service.services), fc.constantFrom(...service.actions), when);
    aims.push(
      aim.map(([name, action, frames]) =>
        timed({ on: 'service', action, service: name, revertAfterMs }, frames),
      ),
    );
  }
  if (stream && stream.effects.length > 0) {
    const effect = fc.oneof(...stream.effects.map(effectArbitrary));
    const link = fc.constantFrom(undefined, ...(stream.links ?? []));
    aims.push(
      fc.tuple(effect, link).map(([hit, way]) => (operation) => {
        if (operation === undefined) return undefined;
        const path =
          way === undefined ? { through: 'provider' as const } : { through: 'wire' as const, link: way };
        return { fault: { on: 'stream', ...path, target: { operation }, effect: hit, revertAfterMs } };
      }),
    );
  }
  for (const action of client?.actions ?? []) aims.push(clientAim(action));
  return aims;
}

const upTo = (max: number) => fc.integer({ min: 1, max });

const timed =
  (fault: Fault, afterFrames: number | undefined): Aim =>
  (operation) =>
    operation === undefined || afterFrames === undefined
      ? { fault }
      : { fault, when: { operation, afterFrames } };

function clientAim(action: ClientFault['action']): fc.Arbitrary<Aim> {
  if (action === 'abort') {
    return fc.nat(MAX_FRAME).map((afterFrames) => (operation) => {
      return operation === undefined
        ? undefined
        : { fault: { on: 'client', action, operation, afterFrames } };
    });
  }
  return fc.constantFrom(50, 500).map((bytesPerSecond) => (operation) => {
    return operation === undefined
      ? undefined
      : { fault: { on: 'client', action, operation, bytesPerSecond } };
  });
}

function effectArbitrary(kind: StreamEffectKind): fc.Arbitrary<StreamEffect> {
  const by = fc.constantFrom(...closings);
  const frame = upTo(MAX_FRAME);
  switch (kind) {
    case 'cut':
      return fc.oneof(
        fc.record({ kind: fc.constant(kind), afterFrames: fc.nat(MAX_FRAME), by }),
        fc.record({ kind: fc.constant(kind), afterBytes: fc.nat(1_000), by }),
      );
    case 'end':
      return fc.record({ kind: fc.constant(kind), afterFrames: upTo(MAX_FRAME) });
    case 'cut-in-character':
      return fc.record({ kind: fc.constant(kind), frame, by });
    case 'duplicate':
    case 'reorder':
    case 'malformed':
      return fc.record({ kind: fc.constant(kind), frame });
    case 'status':
      return fc.oneof(
        fc.constantFrom(503, 500, 502).map((status) => ({ kind, status })),
        fc.constant({ kind, status: 429, retryAfterS: 1 }),
      );
    case 'slow-first-token':
    case 'delay':
      return fc.constantFrom(50, 200, 1_000).map((delayMs) => ({ kind, delayMs }));
    case 'slice':
      return fc.constantFrom(1, 7, 64).map((bytes) => ({ kind, bytes }));
    case 'throttle':
      return fc.constantFrom(200, 2_000).map((bytesPerSecond) => ({ kind, bytesPerSecond }));
    case 'refuse':
    case 'half-open':
      return fc.constant({ kind });
  }
}
