import {
  type ClientFault,
  type Fault,
  linkFault,
  type StreamEffect,
  type StreamEffectKind,
  type WorkerFault,
} from '../fault.ts';
import type { Trigger } from '../plan.ts';
import type { FaultAllowance, OperationShape, WorkloadShape } from '../workload-shape.ts';
import { faultName } from './fault-names.ts';

/** A fault at a place that a hunt wants to have seen fire. */
export interface FaultItem {
  /** `cut between frames on gateway>litellm`: one name per item. */
  readonly name: string;
  /** It needs an operation that is answered in frames. */
  readonly streamed: boolean;
  /** It needs one whose answer comes in one piece. */
  readonly whole?: true;
  /** It fires when a change was acknowledged, before the next operation of the same client. */
  readonly between?: true;
  /** The fault, aimed at an operation of its phase; the next one is what waits for it. */
  readonly aim: (operation: string, next?: string) => { readonly fault: Fault; readonly when?: Trigger };
}

/** Answers of workloads are at least so many frames long. */
const someFrames = 6;
/** Frames that an answer has beside its text before the terminal one, as a wire counts them: who speaks, and why it ends. */
const framesAround = 2;
/** Less than any whole answer has. */
const fewBytes = 100;
/** By then a call has come to the model behind the subject. */
const underWayMs = 400;
/** Time for others to come between two statements. */
const someLagMs = 40;
/** In the middle of the first frames, as long as those of chat completions are. */
const someBytes = 333;

/** All faults that a shape allows, at each place where they differ. Whether a stack can have them is another question. */
export function faultGround(shape: WorkloadShape): readonly FaultItem[] {
  const { faults, operations } = shape;
  if (!faults) return [];
  const stream = operations.find((operation) => operation.stream);
  const steps = [...ofWorkers(faults, shape, stream), ...ofServices(faults, stream), ...ofLinks(faults)];
  if (stream) steps.push(...ofStreams(faults, stream), ...ofClients(faults, stream));
  if (operations.some(({ whole }) => whole)) steps.push(...ofWholes(faults));
  const items = new Map<string, FaultItem>();
  for (const item of steps) {
    const { fault, when } = item.aim('o');
    const name = faultName(fault, when, stream?.frames, item.whole);
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
  { worker, stream: onStreams, revertAfterMs = 2_000 }: FaultAllowance,
  { service, workers }: WorkloadShape,
  stream: OperationShape | undefined,
): Unnamed[] {
  if (!worker) return [];
  const links = onStreams?.links;
  const between = worker.actions
    .filter(() => worker.services.includes(service) && (workers[service] ?? 0) > 0)
    .map((action) => acknowledged({ on: 'worker', action, service, worker: 1, revertAfterMs }));
  const aimed = worker.services
    .filter((name) => (workers[name] ?? 0) > 0)
    .flatMap((name) =>
      worker.actions.flatMap((action) =>
        moments(stream).map((frames) => {
          const fault = { on: 'worker', action, service: name, revertAfterMs } as const;
          // Which worker of a service behind serves an operation is known on the way there.
          const link = links?.find((each) => name !== service && each.endsWith(`>${name}`));
          return frames === undefined || link === undefined
            ? timed({ ...fault, worker: 1 }, frames)
            : serving(fault, link, frames);
        }),
      ),
    );
  return [...aimed, ...between];
}

/** What is acknowledged outlives whoever did it. */
const acknowledged = (fault: Fault): Unnamed => ({
  streamed: false,
  between: true,
  aim: (after, before) => ({ fault, when: { after, ...(before === undefined ? {} : { before }) } }),
});

const serving = (fault: Omit<WorkerFault, 'worker'>, link: string, afterFrames: number): Unnamed => ({
  streamed: true,
  aim: (operation) => ({
    fault: { ...fault, worker: { serves: operation, link } },
    when: afterFrames === 0 ? { operation, atUpstream: 'arrived', link } : { operation, afterFrames },
  }),
});

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

/** A lag is felt by what comes under it; a break also by what was acknowledged before. */
function ofLinks({ link, revertAfterMs = 2_000 }: FaultAllowance): readonly Unnamed[] {
  return (link?.links ?? []).flatMap((name) =>
    (link?.actions ?? []).flatMap((action) => {
      const fault = linkFault(name, action, revertAfterMs, someLagMs);
      return action === 'lag' ? [timed(fault, undefined)] : [timed(fault, undefined), acknowledged(fault)];
    }),
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
          aim: (operation) => ({ fault: hangUp(operation, afterFrames) }),
        }))
      : [
          {
            streamed: true,
            aim: (operation) => ({ fault: { on: 'client', action, operation, bytesPerSecond: 500 } }),
          },
        ],
  );
}

/** The call has come to the model before its client goes. */
const hangUp = (operation: string, afterFrames: number): ClientFault => ({
  on: 'client',
  action: 'abort',
  operation,
  afterFrames,
  ...(afterFrames === 0 ? { afterMs: underWayMs } : {}),
});

/** What a call whose answer comes in one piece meets: no frames at its client, though there may be some upstream. */
function ofWholes({ stream, client, revertAfterMs = 2_000 }: FaultAllowance): readonly Unnamed[] {
  const whole = { streamed: false, whole: true } as const;
  const aborts = (client?.actions ?? [])
    .filter((action) => action === 'abort')
    .map(() => ({ ...whole, aim: (operation: string) => ({ fault: hangUp(operation, 0) }) }));
  const effects: readonly StreamEffect[] = [
    { kind: 'status', status: 503 },
    { kind: 'cut', afterBytes: fewBytes, by: 'rst' },
    { kind: 'end', afterFrames: 3 },
  ];
  const hits = (stream?.links ?? []).flatMap((link) =>
    effects
      .filter(({ kind }) => stream?.effects.includes(kind))
      .map((effect) => ({
        ...whole,
        aim: (operation: string) => ({
          fault: {
            on: 'stream',
            through: 'wire',
            link,
            target: { operation },
            effect,
            revertAfterMs,
          } as const,
        }),
      })),
  );
  return [...aborts, ...hits];
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
      return [{ kind, bytes: 1 }];
    case 'throttle':
      return [{ kind, bytesPerSecond: 2_000 }];
    case 'refuse':
    case 'half-open':
      return [{ kind }];
  }
}
