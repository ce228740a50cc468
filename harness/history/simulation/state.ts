import type { JsonRecord } from '../../plan/json.ts';
import type { CheckChoice } from '../events.ts';
import { type Act, type Lag, lagMs, type Script } from './act.ts';
import { fragment } from './fragment.ts';
import { beginningOf, endOf, lastLooks, noise, type Subject } from './noise.ts';
import { type Planted, planted } from './planted.ts';
import { play } from './play.ts';
import { randomOf } from './random.ts';
import type { Simulated, Simulation } from './simulated.ts';
import { togetherSimulation } from './together.ts';

/** How far behind the correct subject of a checker may be. */
const lags: Readonly<Record<string, Lag>> = {
  'read-your-writes': 'writes',
  'monotonic-reads': 'reads',
  'lost-update': 'any',
  'duplicate-effect': 'any',
  convergence: 'any',
};

const optionsOf = (checker: string): CheckChoice =>
  checker === 'convergence' ? { checker, withinMs: lagMs } : { checker };

/** Registers, sets, counters and sequences behind two workers, for every checker that judges them. */
export const stateSimulations: readonly Simulation[] = [
  ...Object.entries(planted).flatMap(([checker, kinds]) =>
    Object.entries(kinds).map(([subject, mistakes]) => simulation(checker, subject as Subject, mistakes)),
  ),
  togetherSimulation,
];

function simulation(
  checker: string,
  subject: Subject,
  mistakes: Readonly<Record<string, Planted>>,
): Simulation {
  const anomalies = Object.entries(mistakes).map(
    ([name, mistake]) => [name, (seed: number) => broken(subject, mistake, seed)] as const,
  );
  return {
    check: optionsOf(checker),
    subject,
    correct: (seed) => correct(checker, subject, seed),
    anomalies: Object.fromEntries(anomalies),
  };
}

const clients = [1, 2, 3];

function correct(checker: string, subject: Subject, seed: number): Simulated {
  const random = randomOf(seed);
  const isToggled = subject !== 'sequence' && random.chance(0.3);
  const common = { subject, clients, isCalm: false, isToggled };
  const acts = [
    ...noise(random, { ...common, key: 'k1', operations: 2 + random.below(6) }),
    ...noise(random, { ...common, key: 'k2', clients: [1], operations: 4 }),
  ];
  const looked = endOf(acts) + lagMs + 1;
  const looks = ['k1', 'k2'].flatMap((key, at) => lastLooks(subject, key, looked + 30 * at));
  const lag = random.chance(0.5) ? (lags[checker] ?? 'none') : 'none';
  const initial = { k1: beginningOf(random, subject), k2: beginningOf(random, subject) };
  return play({ acts: [...acts, ...looks], initial, isStated: random.chance(0.5), lag, seed });
}

function broken(subject: Subject, mistake: Planted, seed: number): Simulated {
  const random = randomOf(seed);
  const calm = noise(random, { subject, key: 'k1', clients, operations: 3, isCalm: true, isToggled: false });
  const other = noise(random, {
    subject,
    key: 'k2',
    clients: [1, 2],
    operations: 3,
    isCalm: false,
    isToggled: false,
  });
  const from = mistake.isLast ? endOf(calm) + 1 : 5 + random.next() * 60;
  const steps = fragment(mistake.steps, 'k1', from);
  const acts = [...calm, ...other, ...steps];
  const looked = endOf(acts) + lagMs + 1;
  const looks = ['k1', 'k2'].flatMap((key, at) => lastLooks(subject, key, looked + 30 * at));
  const wrong = ({ worker, asks }: Act) => worker === 2 && asks[0]?.key === 'k1' && mistake.second;
  const seen = looks.map((look) =>
    wrong(look) ? { ...look, wrong: mistake.second } : look,
  ) as readonly Act[];
  const initial: JsonRecord = { k1: beginningOf(random, subject), k2: beginningOf(random, subject) };
  // Without a stated beginning one count alone says nothing of how many increments are in it.
  const isStated = subject === 'counter' || random.chance(0.5);
  const script: Script = { acts: [...acts, ...seen], initial, isStated, lag: 'none', seed };
  return play(script);
}
