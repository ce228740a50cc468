import { checkerOf } from '../history/checkers.ts';
import { allSimulations } from '../history/simulation/all.ts';
import type { Simulated, Simulation } from '../history/simulation/simulated.ts';

export interface SoundnessRow {
  readonly checker: string;
  readonly subject: string;
  readonly histories: number;
  /** Correct histories that were called invalid: their seeds. */
  readonly falseAlarms: readonly number[];
  /** Share of the correct histories that the checker judged. */
  readonly judged: number;
}

export interface DetectionRow {
  readonly checker: string;
  readonly subject: string;
  readonly anomaly: string;
  readonly histories: number;
  /** Seeds of those that were not called invalid. */
  readonly missed: readonly number[];
}

const CORRECT_HISTORIES = 10_000;
const BROKEN_HISTORIES = 1_000;

/** Checkers on simulated subjects: how often a correct one is called invalid, and how often a planted mistake is found. */
export function benchCheckerSoundness(
  simulations: readonly Simulation[] = allSimulations,
  correct = CORRECT_HISTORIES,
  broken = BROKEN_HISTORIES,
): { readonly sound: readonly SoundnessRow[]; readonly found: readonly DetectionRow[] } {
  return {
    sound: simulations.map((simulation) => soundness(simulation, correct)),
    found: simulations.flatMap((simulation) => detection(simulation, broken)),
  };
}

function soundness({ check, subject, correct }: Simulation, histories: number): SoundnessRow {
  const judge = judgeOf(check);
  const falseAlarms: number[] = [];
  let judged = 0;
  for (let seed = 0; seed < histories; seed += 1) {
    const verdict = judge(correct(seed));
    if (verdict === 'invalid') falseAlarms.push(seed);
    if (verdict !== 'not-judged') judged += 1;
  }
  return { checker: nameOf(check), subject, histories, falseAlarms, judged: judged / histories };
}

function detection({ check, subject, anomalies }: Simulation, histories: number): readonly DetectionRow[] {
  const judge = judgeOf(check);
  return Object.entries(anomalies).map(([anomaly, make]) => {
    const seeds = [...Array(histories).keys()];
    const missed = seeds.filter((seed) => judge(make(seed)) !== 'invalid');
    return { checker: nameOf(check), subject, anomaly, histories, missed };
  });
}

function judgeOf(check: Simulation['check']) {
  const checker = checkerOf(check);
  return ({ history, journal }: Simulated) => checker.check(history, journal).verdict;
}

/** The name with the option that makes it another checker. */
const nameOf = ({ checker, window }: Simulation['check']): string =>
  window === undefined ? checker : `${checker} (${window})`;

const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

/** Both tables for a terminal. */
export function soundnessTables({ sound, found }: ReturnType<typeof benchCheckerSoundness>): string {
  const soundLines = sound.map(({ checker, subject, histories, falseAlarms, judged }) =>
    [
      checker.padEnd(20),
      subject.padEnd(18),
      String(histories).padStart(7),
      `${falseAlarms.length} invalid`.padStart(12),
      `${share(judged, 1)} judged`.padStart(16),
      falseAlarms.length === 0 ? '  ✔' : `  ✗ seeds ${falseAlarms.slice(0, 5).join(', ')}`,
    ].join(' '),
  );
  const foundLines = found.map(({ checker, subject, anomaly, histories, missed }) => {
    const caught = histories - missed.length;
    const isReached = caught >= 0.99 * histories;
    return [
      checker.padEnd(20),
      subject.padEnd(18),
      anomaly.padEnd(38),
      String(histories).padStart(6),
      `${share(caught, histories)} found`.padStart(15),
      isReached ? '  ✔' : `  ✗ missed seeds ${missed.slice(0, 5).join(', ')}`,
    ].join(' ');
  });
  const broken = ['Broken subjects, one mistake each (wanted: 99 % found)', ...foundLines];
  return ['Correct subjects (wanted: 0 invalid)', ...soundLines, '', ...broken].join('\n');
}

if (import.meta.main) {
  const [correct, broken] = process.argv.slice(2).map(Number);
  console.log(soundnessTables(benchCheckerSoundness(allSimulations, correct, broken)));
}
