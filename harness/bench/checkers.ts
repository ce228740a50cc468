import { checkerOf } from '../history/checkers.ts';
import type { CheckChoice, History } from '../history/events.ts';
import type { Journal } from '../history/journal.ts';
import { busyRegister, calls, counters, registers, requests, sets, tasks } from './checker-histories.ts';

export interface CheckerRow {
  readonly checker: string;
  /** What it was run on. */
  readonly history: string;
  readonly operations: number;
  /** Median of the runs. */
  readonly ms: number;
  readonly operationsPerSecond: number;
  readonly target: string;
  readonly reached: boolean;
}

const OPERATIONS = 50_000;
const RUNS = 7;
const WARM_UP_RUNS = 3;
const TARGET_PER_SECOND = 200_000;
const LINEARIZABLE_TARGET_MS = 50;

interface Case {
  readonly name: string;
  readonly history: History;
  readonly journal?: Journal;
  readonly checks: readonly CheckChoice[];
}

/** Speed of every checker on correct histories; pairing the events is part of it. Takes some 15 s. */
export function benchCheckers(): readonly CheckerRow[] {
  const rows = casesOf(OPERATIONS).flatMap(({ name, checks, ...given }) =>
    checks.map((choice) => row(name, choice, given, (_, rate) => rate >= TARGET_PER_SECOND, '≥ 200 000 / s')),
  );
  const busy = [
    [4, 1],
    [4, 2],
    [8, 1],
  ] as const;
  const searched = busy.map(([clients, seed]) =>
    row(
      `one register, ${clients} clients, seed ${seed}`,
      { checker: 'linearizable' },
      { history: busyRegister(5_000, clients, seed) },
      (ms) => ms <= LINEARIZABLE_TARGET_MS,
      clients === 4 ? '≤ 50 ms' : '(no target)',
    ),
  );
  return [...rows, ...searched];
}

function casesOf(operations: number): readonly Case[] {
  const freshness = [
    'lost-update',
    'duplicate-effect',
    'stale-read',
    'read-your-writes',
    'monotonic-reads',
    'convergence',
  ];
  const state = freshness.map((checker) => ({ checker }));
  const upstream = [
    { checker: 'stream-order' },
    { checker: 'truncated-complete' },
    { checker: 'cancel-upstream', withinMs: 100 },
    { checker: 'exactly-once' },
    { checker: 'tenant-isolation' },
    { checker: 'limit', window: 'concurrent', limit: 2 },
  ];
  const windows = [
    { checker: 'limit', window: 'sliding', limit: 60, windowMs: 6_000 },
    { checker: 'limit', window: 'fixed', limit: 60, windowMs: 6_000, originMs: 0 },
  ];
  return [
    // Registers that nobody asked for again have no duplicates to judge.
    {
      name: 'registers',
      history: registers(operations),
      checks: state.filter(({ checker }) => checker !== 'duplicate-effect'),
    },
    { name: 'sets', history: sets(operations), checks: state },
    { name: 'counters', history: counters(operations), checks: state },
    { name: 'streamed calls', ...calls(operations), checks: upstream },
    { name: 'requests', history: requests(operations), checks: windows },
    { name: 'tasks', history: tasks(operations), checks: [{ checker: 'task-ends', withinMs: 10 }] },
  ];
}

function row(
  name: string,
  choice: CheckChoice,
  { history, journal }: { readonly history: History; readonly journal?: Journal },
  isReached: (ms: number, perSecond: number) => boolean,
  target: string,
): CheckerRow {
  const checker = checkerOf(choice);
  const operations = history.events.filter(({ type }) => type === 'invoke').length;
  // The first runs are not counted: they are the compiler's.
  const times = [...Array(WARM_UP_RUNS + RUNS).keys()].map(() => {
    // A new history and journal each time: what is remembered of the old ones does not help.
    const copy = { ...history };
    const entries = journal && [...journal];
    const startedAt = performance.now();
    const { verdict, reason } = checker.check(copy, entries);
    const ms = performance.now() - startedAt;
    // Calls one after the other never try a limit at once: the time counts all the same.
    if (verdict !== 'valid' && verdict !== 'not-judged')
      throw new Error(`${checker.name} on ${name}: ${verdict}, ${reason}`);
    return ms;
  });
  const ms = times.slice(WARM_UP_RUNS).sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  const operationsPerSecond = (operations / ms) * 1_000;
  const options = choice.window === undefined ? '' : ` (${choice.window})`;
  const reached = isReached(ms, operationsPerSecond);
  return {
    checker: `${checker.name}${options}`,
    history: name,
    operations,
    ms,
    operationsPerSecond,
    target,
    reached,
  };
}

/** The rows as a table for a terminal. */
export function checkerTable(rows: readonly CheckerRow[]): string {
  const lines = rows.map((row) =>
    [
      row.checker.padEnd(20),
      row.history.padEnd(34),
      String(row.operations).padStart(7),
      `${row.ms.toFixed(1)} ms`.padStart(10),
      `${Math.round(row.operationsPerSecond).toLocaleString('en')} / s`.padStart(16),
      `  ${row.target}${row.target.startsWith('(') ? '' : row.reached ? ' ✔' : ' ✗'}`,
    ].join(' '),
  );
  return [`Checkers (median of ${RUNS} runs)`, ...lines].join('\n');
}

if (import.meta.main) console.log(checkerTable(benchCheckers()));
