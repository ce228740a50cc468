import type { Json, JsonRecord } from '../../plan/json.ts';
import { type Act, lagMs } from './act.ts';
import { a, b, fragment, lacking, type Step, showing } from './fragment.ts';
import { beginningOf, endOf, noise, type Subject } from './noise.ts';
import { play } from './play.ts';
import { type Random, randomOf } from './random.ts';
import type { Simulated, Simulation } from './simulated.ts';

/** A chat with a title, its messages and its tags, which clients change and read together. */
const objects: readonly (readonly [key: string, subject: Subject])[] = [
  ['title', 'register'],
  ['thread', 'sequence'],
  ['tags', 'set'],
];

const on = (key: string) => ({ key });
const parts = { thread: ['list'], tags: ['list'] } as const;
const snapshot = (changed: (truth: JsonRecord) => JsonRecord) =>
  b('snapshot', { key: 'all', worker: 2, wrong: { answer: (truth) => changed(truth as JsonRecord) } });
const less = (list: Json | undefined, value: string): Json =>
  (list as readonly Json[]).filter((each) => each !== value);

const old = a('write', { value: 'x1', ...on('title') });
const both = a('write', { value: 'x2', ...on('title'), with: { thread: ['append', 'm'] } });
const message = a('append', { value: 'm', ...on('thread') });
const reading = (wrong: Step['wrong']) =>
  b('read', { ...on('title'), worker: 2, with: parts, ...(wrong ? { wrong } : {}) });

const mistakes: Readonly<Record<string, readonly Step[]>> = {
  'torn snapshot': [old, both, snapshot((truth) => ({ ...truth, title: 'x1' }))],
  'torn parts of one request': [
    old,
    both,
    reading({ answer: (truth) => (Array.isArray(truth) ? truth : 'x1') }),
  ],
  'shown without its past': [
    message,
    old,
    snapshot((truth) => ({ ...truth, title: 'x1', thread: less(truth.thread, 'm') })),
  ],
  'read later without its past': [
    message,
    old,
    b('read', { ...on('title'), wrong: { answer: () => 'x1' } }),
    b('list', { ...on('thread'), worker: 2, wrong: lacking('m') }),
  ],
  'shown beside what was removed before': [
    a('add', { value: 'x', ...on('tags') }),
    a('remove', { value: 'x', ...on('tags') }),
    old,
    b('read', { ...on('title'), wrong: { answer: () => 'x1' } }),
    b('list', { ...on('tags'), worker: 2, wrong: showing('x') }),
  ],
};

function run(seed: number, isCalm: boolean, steps: readonly Step[]): Simulated {
  const random = randomOf(seed);
  const acts: Act[] = objects.flatMap(([key, subject]) => {
    const isToggled = !isCalm && subject === 'register' && random.chance(0.3);
    return [...noise(random, { subject, key, clients: [1, 2], operations: 3, isCalm, isToggled })];
  });
  acts.push(...together(random, endOf(acts), isCalm));
  acts.push(...fragment(steps, '', 5 + random.next() * 40));
  const initial = Object.fromEntries(objects.map(([key, subject]) => [key, beginningOf(random, subject)]));
  const lag = !isCalm && random.chance(0.5) ? 'together' : 'none';
  return play({ acts, initial, isStated: random.chance(0.5), lag, seed });
}

/** Changes of several objects at once, and looks at several. */
function together(random: Random, until: number, isCalm: boolean): readonly Act[] {
  return [...Array(6).keys()].map((count) => {
    const startAt = random.next() * (until + lagMs);
    const isLost = !isCalm && count % 2 === 0 && random.chance(0.2);
    const late = isLost ? random.pick([undefined, 5, 30, 300]) : 1 + random.next() * 8;
    const effectAt = late === undefined ? undefined : startAt + late;
    const looks = random.chance(0.5)
      ? [{ does: 'snapshot', key: 'all' } as const]
      : objects.map(([key, subject]) => ({ does: subject === 'register' ? 'read' : 'list', key }) as const);
    const change = [
      { does: 'write', key: 'title', value: `title-${count}-6` },
      { does: 'append', key: 'thread', value: `both-${count}` },
      { does: 'add', key: 'tags', value: `tag-${count}` },
    ] as const;
    const asks = count % 2 === 0 ? change : looks;
    const client = count % 2 === 0 ? 6 : 1 + random.below(3);
    return {
      client,
      worker: 1 + random.below(2),
      asks,
      startAt,
      effectAt,
      endAt: startAt + 10,
      outcome: isLost ? 'lost' : 'answered',
    };
  });
}

/** For `read-together`: several objects, read and changed together. */
export const togetherSimulation: Simulation = {
  check: { checker: 'read-together' },
  subject: 'chat of three',
  correct: (seed) => run(seed, false, []),
  anomalies: Object.fromEntries(
    Object.entries(mistakes).map(([name, steps]) => [name, (seed: number) => run(seed, true, steps)]),
  ),
};
