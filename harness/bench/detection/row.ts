import type { Control } from '../../lab/hunting/finding.ts';

/** What came of one mutant, or of a subject without any. */
export interface Row {
  readonly mutant: string;
  readonly family: string;
  readonly subject: string;
  readonly workload: string;
  /** `found`, or how a hunt ended that found nothing; `error`: it did not end; `unfit`: no patch, or no start. */
  readonly outcome: 'found' | 'valid' | 'unknown' | 'not-judged' | 'error' | 'unfit';
  readonly checkers?: readonly string[];
  readonly reason?: string;
  /** To the finding, or of the whole hunt. */
  readonly seconds?: number;
  readonly plans?: number;
  /** Of the smallest plan. */
  readonly steps?: number;
  readonly reproduced?: number;
  readonly of?: number;
  /** On a subject that was restarted before each run. */
  readonly fresh?: { readonly reproduced: number; readonly of: number };
  readonly controls?: readonly Control[];
  readonly why?: string;
}

/** The name that stands in for a mutant where the subject has none. */
export const unmutated = 'unmutated';

export interface Sums {
  readonly mutants: number;
  readonly found: number;
  /** Of the found ones: they come back at least 8 times of 10. */
  readonly firm: number;
  readonly falseAlarms: number;
  readonly unfit: number;
}

const isFirm = (reproduced = 0, of = 0) => of > 0 && reproduced >= 0.8 * of;
const comesBack = ({ reproduced, of, fresh }: Row) =>
  isFirm(reproduced, of) || isFirm(fresh?.reproduced, fresh?.of);

export function sumsOf(rows: readonly Row[]): Sums {
  const mutants = rows.filter(({ mutant, outcome }) => mutant !== unmutated && outcome !== 'unfit');
  const found = mutants.filter(({ outcome }) => outcome === 'found');
  return {
    mutants: mutants.length,
    found: found.length,
    firm: found.filter(comesBack).length,
    falseAlarms: rows.filter(({ mutant, outcome }) => mutant === unmutated && outcome === 'found').length,
    unfit: rows.filter(({ outcome }) => outcome === 'unfit').length,
  };
}

export function rowLine(row: Row): string {
  const { mutant, family, subject, workload, outcome, checkers = [], seconds, plans, steps, why } = row;
  const isMutant = mutant !== unmutated;
  const good = isMutant ? outcome === 'found' : outcome === 'valid';
  const name = isMutant ? mutant : `${subject} as it is (${workload})`;
  const cells = [
    `  ${good ? '✔' : '✗'} ${name.padEnd(30)}`,
    family.padEnd(46),
    (outcome === 'found' ? checkers.join(', ') : outcome).padEnd(28),
    seconds === undefined ? '' : `${seconds.toFixed(1).padStart(5)} s`,
    plans === undefined ? '' : `${plans} plans`.padStart(10),
    ...(outcome === 'found'
      ? [`${steps} steps`.padStart(8), `${row.reproduced} of ${row.of}`.padStart(8)]
      : []),
    ...(row.fresh ? [`(restarted ${row.fresh.reproduced} of ${row.fresh.of})`] : []),
    ...(row.controls ?? []).map(({ name, reproduced, of }) => `· ${name} ${reproduced} of ${of}`),
    outcome === 'valid' ? '' : (why ?? ''),
  ];
  return cells.filter(Boolean).join(' ').trimEnd();
}

export function sumsLine({ mutants, found, firm, falseAlarms, unfit }: Sums, seconds: number): string {
  const share = (part: number, all: number) =>
    `${part} of ${all}${all > 0 ? ` (${((100 * part) / all).toFixed(0)} %)` : ''}`;
  const last = [
    `false alarms on unmutated subjects: ${falseAlarms}`,
    ...(unfit > 0 ? [`${unfit} could not run`] : []),
  ].join(' · ');
  return (
    `  found within ${seconds} s: ${share(found, mutants)}` +
    ` · of those at least 8 of 10: ${share(firm, found)} · ${last}`
  );
}
