import { type Static, Type } from 'typebox';
import { operationPattern } from './operation-scanner.ts';
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
export const effectSchema = Type.Union([
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
]);

const count = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** Who is hit: the exchange that carries an operation id, or the n-th connection of the link (since start or arming). */
export const matchSchema = Type.Object(
  {
    link: Type.String({ minLength: 1, maxLength: 64 }),
    operation: Type.Optional(Type.String({ pattern: operationPattern })),
    /** The n-th exchange that carries the operation, 1 unless said: a retry or a second call has the same id. */
    occurrence: Type.Optional(count),
    /** The n-th connection of the link since it opened. */
    ordinal: Type.Optional(count),
    /** The n-th connection of the link after the fault was added. */
    connection: Type.Optional(count),
  },
  closed,
);

export const maxRevertMs = 60_000;
export const maxExpiryMs = 600_000;

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
  const ways = [match.operation, match.ordinal, match.connection].filter((way) => way !== undefined);
  if (ways.length !== 1) throw invalid('match takes exactly one of operation, ordinal and connection.');
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
export function usesFrames(effect: EffectPlan): boolean {
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

/** Where on the way of a connection a fault strikes. */
export type Site = 'listener' | 'accept' | Direction;

export function siteOf({ match, effect, direction = 'response' }: FaultPlan): Site {
  const whole =
    effect.kind === 'refuse' ||
    (effect.kind === 'half-open' && effect.afterBytes === undefined && effect.afterFrames === undefined);
  if (!whole) return direction;
  if (match.operation !== undefined) return 'request';
  return effect.kind === 'refuse' && effect.by === 'listener' ? 'listener' : 'accept';
}
