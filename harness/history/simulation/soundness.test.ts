import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkerOf } from '../checkers.ts';
import type { Action, History } from '../events.ts';
import { linearizable } from '../linearizability/linearizability.ts';
import { convergence } from '../state/convergence.ts';
import { duplicateEffect } from '../state/duplicate-effect.ts';
import { lostUpdate } from '../state/lost-update.ts';
import { monotonicReads } from '../state/monotonic-reads.ts';
import { readYourWrites } from '../state/read-your-writes.ts';
import { staleRead } from '../state/stale-read.ts';
import type { Checker } from '../verdict.ts';
import { allSimulations } from './all.ts';
import type { Simulation } from './simulated.ts';
import {
  atomicCounter,
  atomicRegister,
  atomicSet,
  cachedRegister,
  counterPerWorker,
  documentSet,
  type Subject,
  simulate,
  type Tick,
} from './simulation.ts';

const purposeMade = [lostUpdate, duplicateEffect, staleRead, readYourWrites, monotonicReads, convergence()];
const all = [...purposeMade, linearizable()];

/** Interleavings of three clients and two workers, with a look at both workers in the end. */
function ticks(choices: readonly Action[], look: Action, maxLength = 40): fc.Arbitrary<readonly Tick[]> {
  const tick = fc.record({
    client: fc.integer({ min: 1, max: 3 }),
    does: fc.constantFrom(...choices),
    worker: fc.integer({ min: 1, max: 2 }),
    lost: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  });
  const calm = (client: number, worker: number) => ({ client, does: look, worker, lost: false });
  // Twice two steps end what is under way, then each of two new clients looks at one worker.
  const ends = [1, 2, 3, 1, 2, 3].map((client) => calm(client, 1));
  const looks = [4, 5].flatMap((client) => [1, 2, 3].map(() => calm(client, client - 3)));
  return fc
    .array(tick, { size: 'max', minLength: 6, maxLength })
    .map((random) => [...random, ...ends, ...looks]);
}

const registerTicks = ticks(['read', 'read', 'write', 'write', 'delete'], 'read');
const setTicks = ticks(['add', 'add', 'list', 'remove', 'delete'], 'list');
const counterTicks = ticks(['increment', 'increment', 'count'], 'count');
const removing = ({ does }: Tick, count: number) => {
  if (does === 'add') return { value: `v${count}` };
  return does === 'remove' ? { value: `v${Math.ceil(count / 2)}` } : {};
};

/** How many of the runs a checker calls invalid. */
function alarms(checker: Checker, runs: readonly History[]): number {
  return runs.filter((history) => checker.check(history).verdict === 'invalid').length;
}

const runsOf = (arbitrary: fc.Arbitrary<readonly Tick[]>, make: () => Subject, numRuns = 300) =>
  fc.sample(arbitrary, { numRuns, seed: 21 }).map((run) => simulate(run, make(), removing));

test.each([
  ['register', registerTicks, atomicRegister],
  ['set', setTicks, atomicSet],
  ['counter', counterTicks, atomicCounter],
] as const)('no checker raises an alarm on a correct %s, whatever the interleaving', (_, arbitrary, make) => {
  const prepare = arbitrary === setTicks ? removing : undefined;
  fc.assert(
    fc.property(arbitrary, (run) => {
      const history = simulate(run, make(), prepare);
      for (const checker of all) expect(checker.check(history)).not.toMatchObject({ verdict: 'invalid' });
    }),
    { numRuns: 400, seed: 22 },
  );
});

test('what a purpose-made checker calls invalid has no order either', () => {
  const subjects = [cachedRegister, atomicRegister];
  fc.assert(
    fc.property(registerTicks, fc.constantFrom(...subjects), (run, make) => {
      const history = simulate(run, make());
      const found = purposeMade.some((checker) => checker.check(history).verdict === 'invalid');
      if (found) expect(linearizable().check(history).verdict).toBe('invalid');
    }),
    { numRuns: 400, seed: 23 },
  );
});

test('a cache per worker that nobody empties is found', () => {
  const long = ticks(['read', 'read', 'write'], 'read', 120);
  const runs = fc.sample(long, { numRuns: 300, seed: 24 }).map((run) => simulate(run, cachedRegister()));
  for (const checker of [staleRead, readYourWrites, monotonicReads, convergence(), linearizable()]) {
    expect(alarms(checker, runs)).toBeGreaterThan(3);
  }
});

test('a document that is written back as a whole is found', () => {
  const runs = runsOf(setTicks, documentSet);
  for (const checker of [lostUpdate, staleRead, linearizable()])
    expect(alarms(checker, runs)).toBeGreaterThan(3);
});

test('a counter per worker is found', () => {
  const runs = runsOf(counterTicks, counterPerWorker);
  for (const checker of [lostUpdate, staleRead, convergence(), linearizable()]) {
    expect(alarms(checker, runs)).toBeGreaterThan(3);
  }
});

/** Histories of each kind here; `npm run bench -- checkers` judges thousands. */
const correctOnes = 100;
const plantedOnes = 40;

const nameOf = ({ check, subject }: Simulation) => `${check.checker} on a ${subject}`;
const seedsWhere = (count: number, is: (seed: number) => boolean) => [...Array(count).keys()].filter(is);

test.each(allSimulations.map((simulation) => [nameOf(simulation), simulation] as const))(
  '%s: correct ones are never invalid and mostly judged',
  (_, { check, correct }) => {
    const checker = checkerOf(check);
    const verdicts = [...Array(correctOnes).keys()].map((seed) => {
      const { history, journal } = correct(seed);
      return checker.check(history, journal).verdict;
    });
    expect(seedsWhere(correctOnes, (seed) => verdicts[seed] === 'invalid')).toEqual([]);
    expect(verdicts.filter((verdict) => verdict !== 'not-judged').length).toBeGreaterThan(correctOnes / 2);
  },
);

const planted = allSimulations.flatMap((simulation) =>
  Object.entries(simulation.anomalies).map(
    ([anomaly, make]) => [`${nameOf(simulation)}: ${anomaly}`, simulation, make] as const,
  ),
);

test.each(planted)('%s is found', (_, { check }, make) => {
  const checker = checkerOf(check);
  const missed = seedsWhere(plantedOnes, (seed) => {
    const { history, journal } = make(seed);
    return checker.check(history, journal).verdict !== 'invalid';
  });
  expect(missed.length).toBeLessThanOrEqual(1);
});

test('what a checker finds in a planted mistake is small, and in the history', () => {
  for (const { check, anomalies } of allSimulations) {
    for (const make of Object.values(anomalies)) {
      const { history, journal } = make(1);
      const { counterexample = [] } = checkerOf(check).check(history, journal);
      const ops = new Set(history.events.flatMap((event) => (event.type === 'invoke' ? event.op : [])));
      expect(counterexample.filter((op) => !ops.has(op))).toEqual([]);
      // That no kind of window explains what was admitted is shown by several windows full of requests.
      const most = check.checker === 'limit' ? ops.size - 1 : 12;
      expect([check, counterexample.length <= most]).toEqual([check, true]);
    }
  }
});

test('a seed gives the same history again', () => {
  for (const { correct } of allSimulations) expect(correct(7)).toEqual(correct(7));
});
