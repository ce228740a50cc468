import { readFileSync } from 'node:fs';
import type { Test } from '@jest/test-result';
import sequencing from '@jest/test-sequencer';

// The types are those of the CommonJS build, where the class is a property of what is imported here.
const Sequencer = sequencing as unknown as typeof sequencing.default;

/** A docblock at the head of a file that says `@alone` without a part of the stack. */
const wantsTheStack = /^\s*\/\*\*(?:(?!\*\/)[\s\S])*?@alone[ \t]*(?:\*\/|\r?\n)/;

/**
 * Begins with the files that share the stack, those first that took longest or are longest: they wait beside each other.
 * Those that need it alone follow in one row. Each of them among the others would wait for a file that runs, and have
 * the next one wait for it.
 */
export default class SuiteSequencer extends Sequencer {
  override sort(tests: Test[]): Test[] {
    return sharedFirst(super.sort(tests) as Test[], ({ path }) => readFileSync(path, 'utf8'));
  }
}

/** The files in their order, those last whose text says that they need the whole stack alone. */
export function sharedFirst<File>(files: readonly File[], textOf: (file: File) => string): File[] {
  const [shared, alone]: [File[], File[]] = [[], []];
  for (const file of files) (wantsTheStack.test(textOf(file)) ? alone : shared).push(file);
  return [...shared, ...alone];
}
