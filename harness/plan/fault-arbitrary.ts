import fc from 'fast-check';
import {
  type ClientFault,
  closings,
  type Fault,
  linkFault,
  type StreamEffect,
  type StreamEffectKind,
  type WorkerAction,
} from './fault.ts';
import type { Trigger } from './plan.ts';
import type { FaultAllowance, WorkloadShape } from './workload-shape.ts';

/** Frames that a fault may hit: answers of workloads are at least this long. */
const MAX_FRAME = 6;

/** A fault that is not yet aimed: operation `operation` of its phase's streams, counted round. */
export interface FaultDraft extends Aim {
  /** Which phase of the plan, and which of its streamed operations, counted round. */
  readonly phase: number;
  readonly operation: number;
}

/** How a fault is aimed once its place in the plan is known. */
interface Aim {
  /** It is about an answer in frames, so it is put where there is one, if there is one. */
  readonly onStream: boolean;
  /** The link that the operation must come over for the fault to meet it. */
  readonly link?: string | undefined;
  /** The fault, once its operation is known; undefined when it needs a streamed operation and there is none. */
  readonly aim: (operation: string | undefined) => Aimed | undefined;
}

export type Aimed = { readonly fault: Fault; readonly when?: Trigger };

/** Faults of the kinds that the shape allows; undefined when it allows none. */
export function faultArbitrary(shape: WorkloadShape): fc.Arbitrary<FaultDraft> | undefined {
  const aims = shape.faults ? aimArbitraries(shape.faults, shape) : [];
  if (aims.length === 0) return undefined;
  return fc
    .tuple(fc.nat(9), fc.nat(9), fc.oneof(...aims))
    .map(([phase, operation, aim]) => ({ phase, operation, ...aim }));
}

/**
 * Where a draft goes: the number of a phase, and the operation there that it is about.
 * @param canMeet whether a step is a streamed operation that comes over the link, if one is named
 */
export function placeOf<S extends { readonly id: string }>(
  { phase, operation, onStream, link }: FaultDraft,
  phases: readonly (readonly S[])[],
  canMeet: (step: S, link: string | undefined) => boolean,
): { readonly phase: number; readonly operation: string | undefined } {
  const all = phases.map((steps, index) => ({ index, targets: steps.filter((step) => canMeet(step, link)) }));
  const fitting = all.filter(({ targets }) => targets.length > 0);
  const among = onStream && fitting.length > 0 ? fitting : all;
  const { index, targets } = among[phase % among.length] ?? { index: 0, targets: [] };
  return { phase: index, operation: targets[operation % Math.max(1, targets.length)]?.id };
}

type WeightedAim = fc.WeightedArbitrary<Aim>;

function aimArbitraries(
  { worker, service, link, stream, client, revertAfterMs = 2_000 }: FaultAllowance,
  shape: WorkloadShape,
): readonly WeightedAim[] {
  const { workers } = shape;
  const aims: WeightedAim[] = [];
  const when = fc.option(fc.integer({ min: 1, max: MAX_FRAME }), { nil: undefined });
  const seen = worker?.services.filter((name) => (workers[name] ?? 0) > 0) ?? [];
  if (worker && seen.length > 0 && worker.actions.length > 0) {
    const actions = fc.constantFrom(...worker.actions);
    const numbered = fc
      .constantFrom(...seen)
      .chain((name) => fc.record({ service: fc.constant(name), worker: upTo(workers[name] ?? 1) }));
    const byNumber = fc
      .tuple(numbered, actions, when)
      .map(([process, action, frames]) => timed({ on: 'worker', action, ...process, revertAfterMs }, frames));
    aims.push({ weight: 1, arbitrary: byNumber });
    const ways = seen.flatMap((name) => causalWay(name, shape) ?? []);
    if (ways.length > 0) {
      const causal = fc
        .tuple(fc.constantFrom(...ways), actions, fc.nat(MAX_FRAME))
        .map(([way, action, frames]) => serving(way, action, frames, revertAfterMs));
      aims.push({ weight: 3, arbitrary: causal });
    }
  }
  if (service && service.services.length > 0 && service.actions.length > 0) {
    const aim = fc.tuple(fc.constantFrom(...service.services), fc.constantFrom(...service.actions), when);
    const arbitrary = aim.map(([name, action, frames]) =>
      timed({ on: 'service', action, service: name, revertAfterMs }, frames),
    );
    aims.push({ weight: 1, arbitrary });
  }
  if (link && link.links.length > 0 && link.actions.length > 0) {
    const aim = fc.tuple(fc.constantFrom(...link.links), fc.constantFrom(...link.actions), lags);
    aims.push({
      weight: 2,
      arbitrary: aim.map(([name, action, delayMs]) =>
        timed(linkFault(name, action, revertAfterMs, delayMs), undefined),
      ),
    });
  }
  if (stream && stream.effects.length > 0) {
    const effect = fc.oneof(...stream.effects.map((kind) => weighted(kind)));
    const arbitrary = fc
      .tuple(effect, linkArbitrary(stream.links ?? [], shape.service))
      .map(([hit, way]) => onStream(hit, way, revertAfterMs));
    aims.push({ weight: 4, arbitrary });
  }
  for (const action of client?.actions ?? []) aims.push({ weight: 1, arbitrary: clientAim(action) });
  return aims;
}

/** Long enough for others to come between two statements, short enough for a transaction of many. */
const lags = fc.constantFrom(20, 60);

/** A cut has more places than any other effect has ways. */
const weighted = (kind: StreamEffectKind) => ({
  weight: kind === 'cut' ? 4 : 1,
  arbitrary: effectArbitrary(kind),
});

/** The provider, or a link; those behind the subject most often, since there it must make something of what breaks. */
function linkArbitrary(links: readonly string[], service: string): fc.Arbitrary<string | undefined> {
  const weightOf = (link: string) =>
    link.startsWith(`${service}>`) ? 3 : link.startsWith('client>') ? 1 : 2;
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    ...links.map((link) => ({ weight: weightOf(link), arbitrary: fc.constant(link) })),
  );
}

function onStream(effect: StreamEffect, link: string | undefined, revertAfterMs: number): Aim {
  const path = link === undefined ? { through: 'provider' as const } : { through: 'wire' as const, link };
  return {
    onStream: true,
    link,
    aim: (operation) =>
      operation === undefined
        ? undefined
        : { fault: { on: 'stream', ...path, target: { operation }, effect, revertAfterMs } },
  };
}

/** How the worker of a service that serves an operation is known: by the client, or on a link of the wire. */
interface CausalWay {
  readonly service: string;
  readonly link?: string;
}

function causalWay(service: string, { operations, faults, ...shape }: WorkloadShape): CausalWay | undefined {
  const isOwn = operations.some(({ stream, service: own = shape.service }) => stream && own === service);
  if (isOwn) return { service };
  const link = faults?.stream?.links?.find((name) => name.endsWith(`>${service}`));
  return link === undefined ? undefined : { service, link };
}

/** Hits whoever serves a stream: before its first frame as soon as it is there, or so many frames later. */
function serving(
  { service, link }: CausalWay,
  action: WorkerAction,
  frames: number,
  revertAfterMs: number,
): Aim {
  const over = link === undefined ? {} : { link };
  return {
    onStream: true,
    link,
    aim: (operation) => {
      if (operation === undefined) return undefined;
      const worker = { serves: operation, ...over };
      const when: Trigger =
        frames === 0 && link !== undefined
          ? { operation, atUpstream: 'arrived', link }
          : { operation, afterFrames: frames };
      return { fault: { on: 'worker', action, service, worker, revertAfterMs }, when };
    },
  };
}

const upTo = (max: number) => fc.integer({ min: 1, max });

const timed = (fault: Fault, afterFrames: number | undefined): Aim => ({
  onStream: afterFrames !== undefined,
  aim: (operation) =>
    operation === undefined || afterFrames === undefined
      ? { fault }
      : { fault, when: { operation, afterFrames } },
});

function clientAim(action: ClientFault['action']): fc.Arbitrary<Aim> {
  const aimed = (make: (operation: string) => ClientFault): Aim => ({
    onStream: true,
    aim: (operation) => (operation === undefined ? undefined : { fault: make(operation) }),
  });
  return action === 'abort'
    ? fc.nat(MAX_FRAME).map((afterFrames) =>
        aimed((operation) => {
          const at = afterFrames === 0 ? { afterFrames, afterMs: 400 } : { afterFrames };
          return { on: 'client', action, operation, ...at };
        }),
      )
    : fc
        .constantFrom(50, 500)
        .map((bytesPerSecond) => aimed((operation) => ({ on: 'client', action, operation, bytesPerSecond })));
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
