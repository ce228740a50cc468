import { writeFileSync } from 'node:fs';
import { interrupted } from './bench-stack.ts';
import { onBenchSubjects } from './detection/bench-subjects.ts';
import { huntSubject } from './detection/hunt-mutant.ts';
import { type Mutant, readMutants } from './detection/mutant.ts';
import { type Row, rowLine, sumsLine, sumsOf, unmutated } from './detection/row.ts';
import { type SubjectName, subjectNames, subjects } from './detection/subject.ts';

export interface DetectionOptions {
  /** Names of mutants, of subjects, or `unmutated`; default: all. */
  readonly only?: readonly string[];
  /** For one hunt. */
  readonly timeMs: number;
  readonly seed: number;
  /** Where the rows go as JSON. */
  readonly jsonFile?: string;
}

/**
 * Plants known mistakes in copies of correct subjects, one at a time, and hunts them with workload and subject only. What
 * is not found says what is missing. The subjects as they are are hunted too: a finding there is a false alarm.
 */
export async function benchDetection({ only, timeMs, seed, jsonFile }: DetectionOptions): Promise<void> {
  const all = readMutants();
  const known = new Set<string>([unmutated, ...subjectNames, ...all.map(({ name }) => name)]);
  const astray = only?.find((name) => !known.has(name));
  if (astray !== undefined) {
    console.error(`--only: "${astray}" is none of: ${[...known].join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const isWanted = (...names: readonly string[]) =>
    only === undefined || names.some((name) => only.includes(name));
  const wanted = all.filter(({ name, subject }) => isWanted(name, subject));
  const unseen = wanted.filter((mutant) => mutant.unobservable !== undefined);
  const signal = interrupted();
  const rows: Row[] = [];
  const seconds = timeMs / 1000;
  await onBenchSubjects(async ({ record, become }) => {
    const tell = (row: Row) => {
      rows.push(row);
      console.log(rowLine(row));
      if (jsonFile)
        writeFileSync(jsonFile, `${JSON.stringify({ seconds, sums: sumsOf(rows), rows }, null, 2)}\n`);
    };
    const tryOut = async (subject: SubjectName, workload: string, mutant?: Mutant) => {
      if (signal.aborted) return;
      const head = { mutant: mutant?.name ?? unmutated, family: mutant?.family ?? '', subject, workload };
      const why = await become(subject, mutant);
      if (why !== undefined) tell({ ...head, outcome: 'unfit', why });
      else tell({ ...head, ...(await huntSubject(record, workload, { seed, timeMs, signal })) });
    };
    for (const subject of subjectNames) {
      const own = wanted.filter((mutant) => mutant.subject === subject && mutant.unobservable === undefined);
      const workloads = isWanted(unmutated, subject) ? subjects[subject].workloads : [];
      for (const workload of workloads) await tryOut(subject, workload);
      for (const mutant of own) await tryOut(subject, mutant.workload, mutant);
      // Other subjects work with what this service is by itself, not with the last mutant.
      if (own.length + workloads.length > 0) await become(subjectOf(subjects[subject].service));
    }
  });
  for (const { name, unobservable } of unseen)
    console.log(`  - ${name.padEnd(30)} not hunted: ${unobservable}`);
  console.log(sumsLine(sumsOf(rows), seconds));
}

/** The subject that a service of the stack is by itself. */
const subjectOf = (service: string) =>
  subjectNames.find((name) => subjects[name].service === service) as SubjectName;
