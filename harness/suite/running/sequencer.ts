import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Test } from '@jest/test-result';
import sequencing from '@jest/test-sequencer';

// The types are those of the CommonJS build, where the class is a property of what is imported here.
const Sequencer = sequencing as unknown as typeof sequencing.default;

const docblock = /^\s*\/\*\*[\s\S]*?\*\//;
/** Without a part of the stack, or with one. */
const alone = /@alone[ \t]*(?:machine\b|\*\/|\r?\n)/;
const aloneOnMachine = /@alone[ \t]+machine\b/;
const alonePart = /@alone[ \t]+([\w-]+)/;
const usedParts = /@uses[ \t]+([\w-]+)/g;
const long = /@long\b/;
/** Of the other files that share the stack, those among which the long ones are spread: the last of these ends with the rest. */
const spread = 0.7;

/** A test file. */
export interface Listed {
  readonly path: string;
  readonly text: string;
}

/**
 * Begins with the files that share the stack. Those that say `@long` wait for most of their time: they are spread among
 * the others, which compute meanwhile. Those that need the stack alone follow in one row: each of them among the others
 * would wait for a file that runs, and have the next one wait for it. Who uses a part that a long file has alone comes late.
 */
export default class SuiteSequencer extends Sequencer {
  override sort(tests: Test[]): Test[] {
    const sorted = super.sort(tests) as Test[];
    const listed = sorted.map((test) => ({ test, path: test.path, text: readFileSync(test.path, 'utf8') }));
    return inTurn(listed).map(({ test }) => test);
  }
}

/** The files as their docblocks want it; among equals their order stays. */
export function inTurn<File extends Listed>(files: readonly File[]): File[] {
  const heads = files.map((file) => ({ file, head: docblock.exec(file.text)?.[0] ?? '' }));
  const [last, shared] = parted(heads, ({ file }) => needsStackAlone(file.text));
  const [waiting, others] = parted(shared, ({ head }) => long.test(head));
  const takenParts = new Set<string | undefined>();
  const [again, once] = parted(waiting, ({ head }) => {
    const part = alonePart.exec(head)?.[1];
    const isTaken = part !== undefined && takenParts.has(part);
    takenParts.add(part);
    return isTaken;
  });
  const [late, early] = parted(others, ({ file, head }) =>
    partsOf(file, head).some((part) => takenParts.has(part)),
  );
  const [longs, shorts] = [
    [...once, ...again],
    [...early, ...late],
  ];
  const between = Math.floor((spread * shorts.length) / Math.max(1, longs.length));
  const first = longs.flatMap((each, at) => [each, ...shorts.slice(at * between, (at + 1) * between)]);
  return [...first, ...shorts.slice(longs.length * between), ...last].map(({ file }) => file);
}

/** Whether no other file may use the stack while this one does. */
export function needsStackAlone(text: string): boolean {
  return alone.test(docblock.exec(text)?.[0] ?? '');
}

/** Whether no other file may run at all, on whatever stack: it measures. */
export function needsMachineAlone(text: string): boolean {
  return aloneOnMachine.test(docblock.exec(text)?.[0] ?? '');
}

function partsOf({ path }: Listed, head: string): readonly string[] {
  return [basename(dirname(path)), ...[...head.matchAll(usedParts)].map(([, part]) => part ?? '')];
}

/** Those of which it is true and those of which it is not, in their order. */
function parted<T>(all: readonly T[], isTrue: (one: T) => boolean): readonly [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const one of all) (isTrue(one) ? yes : no).push(one);
  return [yes, no];
}
