import type { Json } from '../../plan/json.ts';
import type { Action } from '../events.ts';
import type { Act, Asking } from './act.ts';
import type { Random } from './random.ts';

export type Subject = 'register' | 'set' | 'counter' | 'sequence';

/** What clients do on an object, each as often as it stands here. */
const choices: Readonly<Record<Subject, readonly Action[]>> = {
  register: ['read', 'read', 'read', 'write', 'write', 'cas', 'delete'],
  set: ['list', 'list', 'list', 'add', 'add', 'add', 'remove', 'delete'],
  counter: ['count', 'count', 'increment', 'increment'],
  sequence: ['list', 'list', 'append', 'append', 'append'],
};

export const lookAt: Readonly<Record<Subject, Action>> = {
  register: 'read',
  set: 'list',
  counter: 'count',
  sequence: 'list',
};

/** A client gives up after so long. */
const timeoutMs = 40;

export interface NoiseOptions {
  readonly subject: Subject;
  readonly key: string;
  readonly clients: readonly number[];
  /** How many operations each client does. */
  readonly operations: number;
  /** Nothing gets lost, nothing is removed: what is planted beside it has no excuse. */
  readonly isCalm: boolean;
  /** Values come from a few that are written again and again, as switches are. */
  readonly isToggled: boolean;
}

const few: readonly Json[] = ['on', 'off', true, false, 'auto'];

/** What clients do on one object, with everything that happens to requests: retries, refusals, time-outs with late effects. */
export function noise(random: Random, options: NoiseOptions): readonly Act[] {
  const { subject, key, clients, operations, isCalm, isToggled } = options;
  const acts: Act[] = [];
  const values: Json[] = [];
  let made = 0;

  function newValue(): Json {
    made += 1;
    if (subject === 'counter') return 1 + random.below(3);
    const isAgain = values.length > 0 && !isCalm && subject !== 'sequence' && random.chance(0.15);
    const value = isToggled && !isCalm ? random.pick(few) : isAgain ? random.pick(values) : `${key}-${made}`;
    values.push(value);
    return value;
  }

  function asking(): Asking {
    const does = random.pick(choices[subject]);
    switch (does) {
      case 'write':
      case 'add':
      case 'append':
      case 'increment':
        return { does, key, value: newValue() };
      case 'cas':
        return {
          does,
          key,
          from: random.chance(0.2) ? null : random.pick([...values, 'old']),
          value: newValue(),
        };
      case 'remove':
        return { does, key, value: random.pick([...values, 'old']) };
      default:
        return { does, key };
    }
  }

  /** What is refused was not there before: that is asked of workloads. */
  const refusable = (asked: Asking, outcome: Act['outcome'], now: number): Asking =>
    outcome === 'refused' &&
    isToggled &&
    subject !== 'counter' &&
    asked.value !== undefined &&
    asked.does !== 'remove'
      ? { ...asked, value: `${key}-refused-${now}` }
      : asked;

  for (const client of clients) {
    let now = random.next() * 20;
    for (let count = 0; count < operations; count += 1) {
      const asked = asking();
      const isLook = asked.does === lookAt[subject];
      if (isCalm && asked.does === 'delete') continue;
      const worker = 1 + random.below(2);
      const keyed = !isLook && random.chance(0.3) ? { idempotencyKey: `i${random.below(1e6)}` } : {};
      const tenant = random.chance(0.3) ? { tenant: random.pick(['ann', 'bob']) } : {};
      const moments = fate(random, now, isCalm);
      const common = { worker, asks: [refusable(asked, moments.outcome, now)], ...keyed, ...tenant };
      const first = { ...common, client, ...moments };
      acts.push(first);
      now = first.endAt + random.next() * 10;
      if (!('idempotencyKey' in keyed)) continue;
      if (random.chance(0.7)) {
        const by = random.chance(0.8) ? client : 7;
        const again = { ...common, client: by, ...fate(random, now, isCalm) };
        acts.push(again);
        if (by === client) now = again.endAt + random.next() * 10;
      }
      // The same key of somebody else is another request.
      if (random.chance(0.2)) {
        const other = { ...asked, ...(asked.value === undefined ? {} : { value: newValue() }) };
        const theirs = fate(random, now, isCalm);
        const asks = [refusable(other, theirs.outcome, now + 0.5)];
        acts.push({ ...common, asks, client: 6, tenant: 'eve', ...theirs });
      }
    }
  }
  return acts;
}

/** The moments of a request, and how it ends. */
function fate(
  random: Random,
  startAt: number,
  isCalm: boolean,
): Pick<Act, 'startAt' | 'effectAt' | 'endAt' | 'outcome'> {
  const tookMs = 2 + random.next() * 18;
  const chance = isCalm ? 1 : random.next();
  if (chance < 0.06) return { startAt, effectAt: undefined, endAt: startAt + tookMs, outcome: 'refused' };
  if (chance > 0.2) {
    return {
      startAt,
      effectAt: startAt + random.next() * tookMs,
      endAt: startAt + tookMs,
      outcome: 'answered',
    };
  }
  // Never, in time, late, or long after everybody has gone.
  const late = random.pick([undefined, 0.5, 1.5, 4, 20]);
  const effectAt = late === undefined ? undefined : startAt + late * timeoutMs * (0.5 + random.next());
  return { startAt, effectAt, endAt: startAt + timeoutMs, outcome: 'lost' };
}

/** Two clients look at each worker in turn, one after the other. */
export function lastLooks(subject: Subject, key: string, from: number): readonly Act[] {
  return [1, 2, 1, 2].map((worker, at) => {
    const startAt = from + 6 * at;
    const moments = { startAt, effectAt: startAt + 2, endAt: startAt + 4, outcome: 'answered' } as const;
    return { client: 8 + (at >> 1), worker, asks: [{ does: lookAt[subject], key }], ...moments };
  });
}

/** When the last of some acts has been answered. */
export const endOf = (acts: readonly Act[]): number =>
  acts.reduce((last, { endAt }) => Math.max(last, endAt), 0);

/** What an object holds before anything happens. */
export function beginningOf(random: Random, subject: Subject): Json {
  switch (subject) {
    case 'register':
      return random.pick([null, null, 'old', 'off', true]);
    case 'counter':
      return random.chance(0.5) ? 0 : random.below(20);
    default:
      return random.pick([[], [], ['old'], ['off', 'old']]);
  }
}
