import { readFileSync } from 'node:fs';
import type { Test } from '@jest/test-result';
import sequencing from '@jest/test-sequencer';

// The types are those of the CommonJS build, where the class is a property of what is imported here.
const Sequencer = sequencing as unknown as typeof sequencing.default;

const docblock = /^\s*\/\*\*[\s\S]*?\*\//;
/** Without a part of the stack. */
const alone = /@alone[ \t]*(?:\*\/|\r?\n)/;
const long = /@long\b/;
/** Of the other files that share the stack, those among which the long ones are spread: the last of these ends with the rest. */
const spread = 0.7;

/**
 * Begins with the files that share the stack. Those that say `@long` wait for most of their time: they are spread among
 * the others, which compute meanwhile. Those that need the stack alone follow in one row: each of them among the others
 * would wait for a file that runs, and have the next one wait for it.
 */
export default class SuiteSequencer extends Sequencer {
  override sort(tests: Test[]): Test[] {
    return inTurn(super.sort(tests) as Test[], ({ path }) => readFileSync(path, 'utf8'));
  }
}

/** The files as their docblocks want it; among equals their order stays. */
export function inTurn<File>(files: readonly File[], textOf: (file: File) => string): File[] {
  const heads = files.map((file) => ({ file, head: docblock.exec(textOf(file))?.[0] ?? '' }));
  const last = heads.filter(({ head }) => alone.test(head));
  const shared = heads.filter(({ head }) => !alone.test(head));
  const waiting = shared.filter(({ head }) => long.test(head));
  const others = shared.filter(({ head }) => !long.test(head));
  const between = Math.floor((spread * others.length) / Math.max(1, waiting.length));
  const first = waiting.flatMap((each, at) => [each, ...others.slice(at * between, (at + 1) * between)]);
  const rest = others.slice(waiting.length * between);
  return [...first, ...rest, ...last].map(({ file }) => file);
}
