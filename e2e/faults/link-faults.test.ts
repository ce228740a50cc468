/** @alone machine */
import { expect, test } from '@jest/globals';
import { runStepsInSuite } from '../../harness/lab/suite-plan.ts';
import type { LinkFault } from '../../harness/plan/fault.ts';
import { endings, eventsSeen, fault, faultSeen, read } from '../../harness/suite/fault.ts';

const link = 'memory>postgres';

/** Reads while the link is disturbed, and again when that is over. */
async function disturb(planned: LinkFault) {
  const during = await runStepsInSuite(
    'memory',
    [read('o1', 1, 1)],
    [{ ...fault(planned), when: { after: 'o2', before: 'o3' } }, read('o2', 1, 1), read('o3', 1, 1)],
  );
  const after = await runStepsInSuite('memory', [read('o1', 1, 1), read('o2', 2, 2)]);
  return { ...faultSeen(during), during: endings(during), events: eventsSeen(during), after: endings(after) };
}

test('a service whose database is cut off says so, and goes on by itself when it is there again', async () => {
  const seen = await disturb({ on: 'link', action: 'sever', link, revertAfterMs: 700 });
  expect(seen).toMatchObject({ states: ['fired', 'reverted'], after: ['ok', 'ok'] });
  expect(seen.proof).toMatchObject({ firedAt: expect.any(Number) });
  expect(seen.events.indexOf('fired')).toBeLessThan(seen.events.indexOf('invoke o3'));
  expect(seen.during.slice(0, 2)).toEqual(['ok', 'ok']);
});

test('on a link that lags everything comes, late by its connection', async () => {
  const lag = fault({ on: 'link', action: 'lag', link, delayMs: 200, revertAfterMs: 5_000 });
  // As many at once, and for as long, as use several connections: at least one of three is late each way.
  const reads = Array.from({ length: 24 }, (_, index) => read(`o${index + 1}`, 1 + (index % 6), 1));
  const run = await runStepsInSuite('memory', [lag, ...reads]);
  expect(run.vacuous).toEqual([]);
  expect(new Set(endings(run))).toEqual(new Set(['ok']));
  const { at: first = 0 } = run.events.find(({ type }) => type === 'invoke') ?? {};
  const { at: last = 0 } = run.events.findLast(({ type }) => type === 'ok') ?? {};
  expect(last - first).toBeGreaterThan(100);
});
