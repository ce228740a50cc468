import type { Fault, StreamEffect, StreamEffectKind } from '../fault.ts';
import type { FaultStep, Trigger } from '../plan.ts';
import type { FaultAllowance, OperationShape, WorkloadShape } from '../workload-shape.ts';

/** A fault at a place that a hunt wants to have seen fire. */
export interface FaultItem {
  /** `cut between frames on gateway>litellm`: one name per item. */
  readonly name: string;
  /** It needs an operation that is answered in frames. */
  readonly streamed: boolean;
  /** The fault, aimed at an operation of its phase. */
  readonly aim: (operation: string) => { readonly fault: Fault; readonly when?: Trigger };
}

/** Answers of workloads are at least so many frames long. */
const someFrames = 6;
/** Frames that an answer has beside its text before the terminal one, as a wire counts them: who speaks, and why it ends. */
const framesAround = 2;
/** In the middle of the first frames, as long as those of chat completions are. */
const someBytes = 333;

/** All faults that a shape allows, at each place where they differ. Whether a stack can have them is another question. */
export function faultGround(shape: WorkloadShape): readonly FaultItem[] {
  const { faults, operations } = shape;
  if (!faults) return [];
  const stream = operations.find((operation) => operation.stream);
  const steps = [...ofWorkers(faults, shape, stream), ...ofServices(faults, stream)];
  if (stream) steps.push(...ofStreams(faults, stream), ...ofClients(faults, stream));
  const items = new Map<string, FaultItem>();
  for (const item of steps) {
    const { fault, when } = item.aim('o');
    const name = faultName(fault, when, stream?.frames);
    items.set(name, { ...item, name });
  }
  return [...items.values()];
}

type Unnamed = Omit<FaultItem, 'name'>;

function moments(stream: OperationShape | undefined): readonly (number | undefined)[] {
  return stream ? [undefined, 0, 2] : [undefined];
}

const timed = (fault: Fault, afterFrames: number | undefined): Unnamed => ({
  streamed: afterFrames !== undefined,
  aim: (operation) => (afterFrames === undefined ? { fault } : { fault, when: { operation, afterFrames } }),
});

function ofWorkers(
  { worker, revertAfterMs = 2_000 }: FaultAllowance,
  { workers }: WorkloadShape,
  stream: OperationShape | undefined,
): Unnamed[] {
  if (!worker) return [];
  return worker.services
    .filter((service) => (workers[service] ?? 0) > 0)
    .flatMap((service) =>
      worker.actions.flatMap((action) =>
        moments(stream).map((frames) =>
          timed({ on: 'worker', action, service, worker: 1, revertAfterMs }, frames),
        ),
      ),
    );
}

function ofServices(
  { service, revertAfterMs = 2_000 }: FaultAllowance,
  stream: OperationShape | undefined,
): Unnamed[] {
  if (!service) return [];
  return service.services.flatMap((name) =>
    service.actions.flatMap((action) =>
      moments(stream).map((frames) => timed({ on: 'service', action, service: name, revertAfterMs }, frames)),
    ),
  );
}

function ofStreams(
  { stream, revertAfterMs = 2_000 }: FaultAllowance,
  { frames }: OperationShape,
): readonly Unnamed[] {
  if (!stream) return [];
  return [undefined, ...(stream.links ?? [])].flatMap((link) =>
    stream.effects
      .flatMap((kind) => effectsOf(kind, frames, link !== undefined))
      .map((effect) => ({
        streamed: true,
        aim: (operation: string) => {
          const path =
            link === undefined ? ({ through: 'provider' } as const) : ({ through: 'wire', link } as const);
          return { fault: { on: 'stream', ...path, target: { operation }, effect, revertAfterMs } as const };
        },
      })),
  );
}

function ofClients({ client }: FaultAllowance, { frames = someFrames }: OperationShape): readonly Unnamed[] {
  return (client?.actions ?? []).flatMap((action): readonly Unnamed[] =>
    action === 'abort'
      ? [0, 2, frames].map((afterFrames) => ({
          streamed: true,
          aim: (operation) => ({ fault: { on: 'client', action, operation, afterFrames } }),
        }))
      : [
          {
            streamed: true,
            aim: (operation) => ({ fault: { on: 'client', action, operation, bytesPerSecond: 500 } }),
          },
        ],
  );
}

/** An effect at each place where it may differ. The provider counts the frames of its answer; on a wire there are a few more. */
function effectsOf(
  kind: StreamEffectKind,
  frames: number | undefined,
  onWire: boolean,
): readonly StreamEffect[] {
  const last = frames === undefined ? [] : [onWire ? frames + framesAround : frames];
  const by = onWire ? 'rst' : 'fin';
  switch (kind) {
    case 'cut':
      return [
        ...[0, 3, ...last].map((afterFrames) => ({ kind, afterFrames, by }) as const),
        ...(onWire ? [{ kind, afterBytes: someBytes, by } as const] : []),
      ];
    case 'end':
      return [3, ...last].map((afterFrames) => ({ kind, afterFrames }));
    case 'cut-in-character':
      return [{ kind, frame: 3, by }];
    case 'duplicate':
    case 'reorder':
    case 'malformed':
      return [{ kind, frame: 3 }];
    case 'status':
      return [
        { kind, status: 503 },
        { kind, status: 429, retryAfterS: 1 },
      ];
    case 'slow-first-token':
    case 'delay':
      return [{ kind, delayMs: 200 }];
    case 'slice':
      return [{ kind, bytes: 7 }];
    case 'throttle':
      return [{ kind, bytesPerSecond: 2_000 }];
    case 'refuse':
    case 'half-open':
      return [{ kind }];
  }
}

/** What a step of a plan covers: the same name for all faults that a hunt does not tell apart. */
export const coveredBy = ({ fault, when }: FaultStep, frames?: number): string =>
  faultName(fault, when, frames);

function faultName(fault: Fault, when: Trigger | undefined, frames: number | undefined): string {
  switch (fault.on) {
    case 'worker':
      return `${fault.action} a worker of ${fault.service} ${momentOf(when)}`;
    case 'service':
      return `${fault.action} ${fault.service} ${momentOf(when)}`;
    case 'client':
      return fault.action === 'abort'
        ? `a client hangs up ${placeOf(fault.afterFrames, frames)}`
        : 'a client reads slowly';
    case 'stream':
      return `${effectName(fault.effect, frames)} ${fault.link === undefined ? 'at the provider' : `on ${fault.link}`}`;
  }
}

/** Triggers without frames are told by what they wait for. */
function momentOf(when: Trigger | undefined): string {
  if (!when) return 'with its phase';
  return 'afterFrames' in when && when.afterFrames !== undefined
    ? placeOf(when.afterFrames, undefined)
    : 'between operations';
}

function placeOf(afterFrames: number, frames: number | undefined): string {
  if (afterFrames === 0) return 'before the first frame';
  return frames !== undefined && afterFrames >= frames ? 'before the terminal' : 'between frames';
}

function effectName(effect: StreamEffect, frames: number | undefined): string {
  if (effect.kind === 'status') return `status ${effect.status === 429 ? 429 : '5xx'}`;
  if (effect.kind !== 'cut' && effect.kind !== 'end') return effect.kind;
  return `${effect.kind} ${'afterFrames' in effect ? placeOf(effect.afterFrames, frames) : 'inside a frame'}`;
}
