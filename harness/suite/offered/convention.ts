import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { service } from '../stack.ts';
import { isRequired } from './requirement.ts';

/** A convention that a service does not keep, as a test found out. */
export interface ConventionNote {
  readonly file: string;
  readonly test: string;
  readonly what: string;
  /** What the assertion said. */
  readonly message: string;
}

/**
 * For what neither a standard nor spec 101 demands and our own services keep nevertheless, such as the error body of the
 * OpenAI API for every refusal. In a service that the user put in place of ours a failed assertion is a finding of its own
 * class and the test goes on; after `--require conventions` it fails the test, as it always does in one of ours.
 *
 * @param what the convention in words, such as `a refusal has the error body of the OpenAI API`
 */
export function convention(subject: string, what: string, assertions: () => void): void {
  try {
    assertions();
  } catch (error) {
    if (!isAssertion(error) || isRequired('conventions') || service(subject).ours) throw error;
    const { currentTestName = '', testPath = '' } = expect.getState();
    const note: ConventionNote = { file: testPath, test: currentTestName, what, message: error.message };
    const path = process.env.GAUNTLET_CONVENTIONS;
    if (path) appendFileSync(path, `${JSON.stringify(note)}\n`);
  }
}

/** An error of another kind is a mistake in the test itself. Matchers that cannot take what came say so in words only. */
function isAssertion(error: unknown): error is Error {
  if (typeof error !== 'object' || error === null) return false;
  return 'matcherResult' in error || String((error as Error).message).includes('Matcher error');
}
