import { type Static, Type } from 'typebox';
import { operationPattern } from './framing/operation-scanner.ts';
import { WireError } from './wire-error.ts';

const closed = { additionalProperties: false };
const one = <const Kind extends string, const Fields extends object>(kind: Kind, fields: Fields) =>
  Type.Object({ kind: Type.Literal(kind), ...fields }, closed);

const bytes = Type.Integer({ minimum: 0, maximum: 2 ** 40 });
const frames = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const frame = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const delay = Type.Integer({ minimum: 0, maximum: 60_000 });
const by = Type.Union([
  Type.Literal('fin'),
  Type.Literal('rst'),
  Type.Literal('silence'),
  Type.Literal('end'),
]);

/** What happens. Frames are server-sent events with data, counted from 1; bytes count from the first of the answer. */
const effectSchema = Type.Union([
  one('cut', {
    by,
    afterBytes: Type.Optional(bytes),
    afterFrames: Type.Optional(frames),
    of: Type.Optional(Type.Union([Type.Literal('answer'), Type.Literal('body')])),
  }),
  one('cut-in-character', { by, frame: Type.Optional(frame), afterBytes: Type.Optional(bytes) }),
  one('duplicate', { frame }),
  one('reorder', { frame }),
  one('malformed', { frame }),
  one('status', {
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    retryAfterS: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
  }),
  one('slow-first-token', { delayMs: delay }),
  one('delay', { delayMs: Type.Optional(delay), perFrameMs: Type.Optional(delay) }),
  one('slice', { bytes: Type.Integer({ minimum: 1, maximum: 65_536 }), pauseMs: Type.Optional(delay) }),
  one('throttle', { bytesPerSecond: Type.Integer({ minimum: 1, maximum: 1e9 }) }),
  one('refuse', {
    by: Type.Optional(Type.Union([Type.Literal('fin'), Type.Literal('rst'), Type.Literal('listener')])),
  }),
  one('half-open', { afterBytes: Type.Optional(bytes), afterFrames: Type.Optional(frames) }),
  /** Of every connection of the link: the n-th is as late as {@link lagMs} says. */
  one('lag', { delayMs: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
  /** Of every connection of the link: those that are open are reset, and so is whoever comes until it is over. */
  one('sever', {}),
]);

const count = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** Who is hit: the exchange that carries an operation id, the n-th connection of the link (since start or arming), or all. */
const matchSchema = Type.Object(
  {
    link: Type.String({ minLength: 1, maxLength: 64 }),
    operation: Type.Optional(Type.String({ pattern: operationPattern })),
    /** The n-th exchange that carries the operation, 1 unless said: a retry or a second call has the same id. */
    occurrence: Type.Optional(count),
    /** The n-th connection of the link since it opened. */
    ordinal: Type.Optional(count),
    /** The n-th connection of the link after the fault was added. */
    connection: Type.Optional(count),
    /** Every connection, those included that are open: a pool keeps its own. It begins as soon as it is added. */
    every: Type.Optional(Type.Literal(true)),
  },
  closed,
);

export const maxRevertMs = 60_000;
const maxExpiryMs = 600_000;

export const faultSchema = Type.Object(
  {
    match: matchSchema,
    effect: effectSchema,
    direction: Type.Optional(Type.Union([Type.Literal('response'), Type.Literal('request')])),
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    revertAfterMs: Type.Optional(Type.Integer({ minimum: 1, maximum: maxRevertMs })),
    /** How long it waits to be met. */
    expiresAfterMs: Type.Optional(Type.Integer({ minimum: 1, maximum: maxExpiryMs })),
  },
  closed,
);

export type FaultPlan = Static<typeof faultSchema>;
export type EffectPlan = Static<typeof effectSchema>;
export type Direction = 'request' | 'response';

const anyDirection = new Set(['cut', 'cut-in-character', 'slice', 'delay', 'throttle', 'half-open']);

/**
 * Checks what the schema cannot say.
 * @throws WireError WIRE_FAULT_INVALID
 */
export function checkPlan({ match, effect, direction, times = 1 }: FaultPlan): void {
  const ways = [match.operation, match.ordinal, match.connection, match.every].filter(
    (way) => way !== undefined,
  );
  if (ways.length !== 1)
    throw invalid('match takes exactly one of operation, ordinal, connection and every.');
  const isWhole = effect.kind === 'lag' || effect.kind === 'sever';
  if (isWhole !== (match.every !== undefined))
    throw invalid('lag and sever are for every connection of a link, and nothing else is.');
  if (isWhole && (times > 1 || direction !== undefined))
    throw invalid(`${effect.kind} happens once, in both directions.`);
  if (match.occurrence !== undefined && match.operation === undefined)
    throw invalid('match.occurrence counts exchanges of an operation, so it needs match.operation.');
  if (effect.kind === 'cut' && (effect.afterBytes === undefined) === (effect.afterFrames === undefined))
    throw invalid('cut takes exactly one of afterBytes and afterFrames.');
  if (
    effect.kind === 'cut-in-character' &&
    (effect.frame === undefined) === (effect.afterBytes === undefined)
  )
    throw invalid('cut-in-character takes exactly one of frame and afterBytes.');
  if (effect.kind === 'half-open' && effect.afterBytes !== undefined && effect.afterFrames !== undefined)
    throw invalid('half-open takes at most one of afterBytes and afterFrames.');
  if (effect.kind === 'delay' && effect.delayMs === undefined && effect.perFrameMs === undefined)
    throw invalid('delay takes delayMs, perFrameMs or both.');
  if (effect.kind === 'refuse' && effect.by === 'listener' && match.operation !== undefined)
    throw invalid('A closed listener hits connections: match by ordinal or connection.');
  if (effect.kind === 'refuse' && effect.by === 'listener' && times > 1)
    throw invalid('A closed listener refuses whoever comes until it reverts, so times is 1.');
  const ends = effect.kind === 'cut' || effect.kind === 'cut-in-character' ? effect.by : undefined;
  if (ends === 'end' && usesFrames(effect) === false)
    throw invalid('by "end" needs a position in frames, since the body must end properly.');
  if (direction === 'request' && (!anyDirection.has(effect.kind) || usesFrames(effect)))
    throw invalid(`${effect.kind} works on answers only, or has no such position in requests.`);
}

/** Whether the effect needs an event stream to act on. */
function usesFrames(effect: EffectPlan): boolean {
  if (effect.kind === 'delay') return effect.perFrameMs !== undefined;
  if (effect.kind === 'slow-first-token') return true;
  return (
    ('frame' in effect && effect.frame !== undefined) ||
    ('afterFrames' in effect && effect.afterFrames !== undefined)
  );
}

function invalid(message: string): WireError {
  return new WireError('WIRE_FAULT_INVALID', 400, message);
}

/** How late bytes of the n-th connection of a lagging link are: all of the delay, none of it, half of it, and so on. */
export const lagMs = (delayMs: number, ordinal: number): number =>
  [delayMs / 2, delayMs, 0][ordinal % 3] as number;

/** Where on the way of a connection a fault strikes. */
export type Site = 'link' | 'listener' | 'accept' | Direction;

export function siteOf({ match, effect, direction = 'response' }: FaultPlan): Site {
  if (match.every) return 'link';
  const whole =
    effect.kind === 'refuse' ||
    (effect.kind === 'half-open' && effect.afterBytes === undefined && effect.afterFrames === undefined);
  if (!whole) return direction;
  if (match.operation !== undefined) return 'request';
  return effect.kind === 'refuse' && effect.by === 'listener' ? 'listener' : 'accept';
}
