import { expect, test } from '@jest/globals';
import { nextPlan } from '../../lab/next-plan.ts';
import { invalidCheckers } from '../../lab/rate.ts';
import { runPlan } from '../../lab/running/run-plan.ts';
import { openServerLab } from '../../lab/test-lab.ts';
import notes from './notes.ts';
import { type Carelessness, startNotes } from './notes-service.ts';

/**
 * Runs plans against notes in this process until one is judged invalid, by `finder` if that is named; the checkers that
 * found it, and how many plans it took.
 */
async function tryNotes(careless: Carelessness | undefined, seed: number, plans: number, finder?: string) {
  const { lab, close } = await openServerLab(notes, startNotes(0, careless));
  const judged = new Set<string>();
  try {
    for (let path = 0; path < plans; path += 1) {
      const outcome = await runPlan(lab, nextPlan(notes, lab.stack, seed, path));
      for (const { checker, verdict } of outcome.judgement.verdicts)
        if (verdict === 'valid') judged.add(checker);
      const found = invalidCheckers(outcome);
      const isFound = finder === undefined ? found.length > 0 : found.includes(finder);
      if (isFound) return { found, plans: path + 1, outcome, judged: [...judged] };
    }
    return { found: [], plans, judged: [...judged] };
  } finally {
    close();
  }
}

test('nothing is found in notes that are kept well, and every checker has had something to judge', async () => {
  const { found, outcome, judged } = await tryNotes(undefined, 1, 60);
  expect(outcome?.judgement.verdicts.filter(({ verdict }) => verdict === 'invalid') ?? found).toEqual([]);
  expect(judged).toEqual(expect.arrayContaining(['item-life', 'pages', 'totals', 'list-order', 'capped']));
}, 30_000);

const finders = {
  'page-skips': 'pages',
  'total-per-worker': 'totals',
  'half-batch': 'all-or-nothing',
  'same-ids': 'item-life',
  'wrong-end': 'capped',
  'made-again': 'duplicate-effect',
} satisfies Partial<Record<Carelessness, string>>;

test.each(Object.entries(finders))(
  'notes that are careless (%s) are found by %s',
  async (careless, finder) => {
    const { found } = await tryNotes(careless as Carelessness, 1, 250, finder);
    expect(found).toContain(finder);
  },
  30_000,
);

test.each([
  'other-field',
  'deaf-cache',
  'any-owner',
  'blind-if-match',
  'key-of-anybody',
  'search-of-everybody',
] as const)(
  'notes that are careless (%s) are found',
  async (careless) => {
    const { found } = await tryNotes(careless, 1, 250);
    expect(found).not.toEqual([]);
  },
  30_000,
);
