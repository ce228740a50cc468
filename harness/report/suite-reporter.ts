import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { AggregatedResult, Reporter, TestContext } from '@jest/reporters';
import type { FailureClass } from '../smoke/failures/failure-class.ts';
import type { EvidenceNote } from '../smoke/providers/evidence.ts';
import type { KnownFailureNote } from '../suite/known-failure.ts';
import type { ConventionNote } from '../suite/offered/convention.ts';
import type { SkipClass } from '../suite/skip.ts';
import type { TestOutcome } from './outcome.ts';

interface SkipNote {
  readonly file: string;
  readonly test: string;
  readonly reason: string;
  readonly class: SkipClass | FailureClass;
}

/**
 * Writes what every test came to, skips with their reasons and conventions that are not kept, to the file GAUNTLET_OUTCOMES. The command that started
 * Jest makes the reports from it.
 */
export default class SuiteReporter implements Pick<Reporter, 'onRunComplete' | 'getLastError'> {
  #error: Error | undefined;

  onRunComplete(_: Set<TestContext>, results: AggregatedResult): void {
    const notes = readNotes<SkipNote>(process.env.GAUNTLET_SKIPS);
    const broken = readNotes<ConventionNote>(process.env.GAUNTLET_CONVENTIONS);
    const met = readNotes<KnownFailureNote>(process.env.GAUNTLET_KNOWN);
    const seen = readNotes<EvidenceNote>(process.env.GAUNTLET_EVIDENCE);
    const outcomes = results.testResults.flatMap((file): TestOutcome[] => {
      const path = relative(process.cwd(), file.testFilePath);
      const suite = path.split(sep)[1] ?? path;
      if (file.testExecError || (file.failureMessage && file.testResults.length === 0)) {
        const message = file.failureMessage ?? file.testExecError?.message ?? 'the file could not be run';
        return [{ suite, file: path, name: '(whole file)', status: 'failed', durationMs: 0, message }];
      }
      return file.testResults.flatMap((test): TestOutcome[] => {
        const conventions = broken
          .filter((note) => note.file === file.testFilePath && note.test === test.fullName)
          .map(({ what, message }) => ({ what, message }));
        const isOfTest = (note: { readonly file: string; readonly test: string }) =>
          note.file === file.testFilePath && note.test === test.fullName;
        const evidence = seen.filter(isOfTest).map((note) => note.evidence);
        const known = met.filter(isOfTest).map(({ bug, server, message }) => ({ bug, server, message }));
        const base = {
          ...{ suite, file: path, name: test.fullName, durationMs: test.duration ?? 0 },
          ...(conventions.length > 0 ? { conventions } : {}),
          ...(known.length > 0 ? { known } : {}),
          ...(evidence.length > 0 ? { evidence } : {}),
        };
        if (test.status === 'passed') return [{ ...base, status: 'passed' }];
        const note = notes.find(isOfTest);
        if (test.status === 'failed') {
          const message = test.failureMessages.join('\n\n');
          return [{ ...base, status: 'failed', message, ...(note ? { class: note.class } : {}) }];
        }
        // Deselected by --grep or --last-failed: neither run nor skipped.
        if (!note && results.numTotalTests > 0 && process.env.GAUNTLET_SELECTED === '1') return [];
        return [{ ...base, status: 'skipped', ...(note ? { reason: note.reason, class: note.class } : {}) }];
      });
    });
    const without = outcomes.filter((outcome) => outcome.status === 'skipped' && !outcome.reason);
    if (without.length > 0) this.#error = new Error(`skipped without a reason: ${without[0]?.name}`);
    if (process.env.GAUNTLET_OUTCOMES) writeFileSync(process.env.GAUNTLET_OUTCOMES, JSON.stringify(outcomes));
  }

  getLastError(): Error | undefined {
    return this.#error;
  }
}

function readNotes<Note>(path: string | undefined): readonly Note[] {
  if (!path || !existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Note);
}
