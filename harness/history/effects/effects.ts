import type { Json } from '../../plan/json.ts';
import type { Action, History } from '../events.ts';
import { type Operation, type Timeline, timelineOf } from '../timeline.ts';
import { kindOf, type ObjectKind } from './object-kind.ts';
import { retriedOnce } from './retries.ts';

/** What operations did: a repeated request is one operation, and so is what the header says of the beginning. */
export interface Effects extends Timeline {
  readonly kinds: readonly (ObjectKind | undefined)[];
  /** Operations before the first, which made what the header states; they lead their key's operations. Places are negative. */
  readonly beginnings: readonly Operation[];
  /** Keys of which the header says what they held. */
  readonly stated: ReadonlySet<number>;
  /** Counts that the header states, by key number: they need no operation. */
  readonly counts: ReadonlyMap<number, number>;
  /** What was not to be understood, in words for a verdict. */
  readonly unmet: string | undefined;
}

const known = new WeakMap<Timeline, Effects>();

/** The effects of a history; asked again for the same one, it gives the same answer at once. */
export function effectsOf(history: History): Effects {
  const timeline = timelineOf(history);
  const before = known.get(timeline);
  if (before) return before;
  const made = make(history, timeline);
  known.set(timeline, made);
  return made;
}

function make({ header: { initial = {} } }: History, timeline: Timeline): Effects {
  const { unmet, ...once } = retriedOnce(timeline);
  const kinds = once.keys.map(kindOf);
  const beginnings: Operation[] = [];
  const counts = new Map<number, number>();
  const stated = new Set<number>();
  const keys = once.keys.map((operations, key) => {
    const name = operations[0]?.invoke.key;
    const kind = kinds[key];
    const value = name !== undefined && Object.hasOwn(initial, name) ? initial[name] : undefined;
    if (kind === undefined || value === undefined) return operations;
    if (kind === 'counter') {
      if (typeof value !== 'number' && value !== null) return operations;
      counts.set(key, value ?? 0);
      stated.add(key);
      return operations;
    }
    const first = beginningOf(kind, value, name ?? '', key);
    if (!first) return operations;
    stated.add(key);
    beginnings.push(...first);
    return [...first, ...operations];
  });
  return { ...once, keys, kinds, beginnings, stated, counts, unmet };
}

/** Operations that make what an object began as; undefined where that is no such object. */
function beginningOf(
  kind: ObjectKind,
  value: Json,
  name: string,
  key: number,
): readonly Operation[] | undefined {
  const steps: [Action, Json][] = [];
  if (kind === 'register') steps.push(value === null ? ['delete', null] : ['write', value]);
  else {
    if (value !== null && !Array.isArray(value)) return undefined;
    steps.push(['delete', null]);
    for (const element of (value ?? []) as readonly Json[])
      steps.push([kind === 'set' ? 'add' : 'append', element]);
  }
  return steps.map(([does, made], step) => {
    const start = 2 * (step - steps.length);
    const common = { op: '', client: Number.NaN, at: 0 };
    const invoke = { type: 'invoke', ...common, name: 'beginning', does, key: name, value: made } as const;
    const completion = { type: 'ok', ...common } as const;
    return { invoke, completion, outcome: 'ok', start, answered: start + 1, end: start + 1, key };
  });
}
