import { median, spread } from '../statistics.ts';
import type { Round, Rounds } from './rounds.ts';
import type { SubjectName } from './subject.ts';

/** A row of the table: medians over the rounds, what is added against the direct way of the same round. */
export interface Row {
  readonly name: SubjectName;
  readonly addedJson1Ms: number;
  readonly perSecond16: number;
  readonly p99Ms16: number;
  readonly addedFirst1Ms: number;
  readonly addedFirst16Ms: number;
}

/** A subject against the bare proxy: the median of the rounds' ratios, and how far they spread. */
export interface Ratio {
  readonly what: string;
  readonly ratio: number;
  readonly spread: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What a gateway of ours may cost beside the bare proxy (issue "The gateway's model plane", Performance). */
const targets = [
  { what: 'adds to JSON, 1 at a time', of: 'json1Ms', atMost: 1.5 },
  { what: 'adds to first token, 1 at a time', of: 'first1Ms', atMost: 1.5 },
  { what: 'JSON/s, 16 at a time', of: 'perSecond16', atLeast: 0.6 },
  { what: 'p99 of JSON, 16 at a time', of: 'p99Ms16', atMost: 1.5 },
  { what: 'adds to first token, 16 at a time', of: 'first16Ms' },
] as const;
const isAdded = new Set<string>(['json1Ms', 'first1Ms', 'first16Ms']);

/** @throws when there is no direct way to compare with */
export function rowOf(rounds: Rounds, name: SubjectName): Row {
  const added = (of: 'json1Ms' | 'first1Ms' | 'first16Ms') => median(addedIn(rounds, name, of));
  const plain = (of: keyof Round) => median(roundsOf(rounds, name).map((round) => round[of]));
  return {
    name,
    addedJson1Ms: added('json1Ms'),
    perSecond16: plain('perSecond16'),
    p99Ms16: plain('p99Ms16'),
    addedFirst1Ms: added('first1Ms'),
    addedFirst16Ms: added('first16Ms'),
  };
}

/** Each measure of `name` as a multiple of the bare proxy's, round by round. */
export function ratiosOf(rounds: Rounds, name: SubjectName): readonly Ratio[] {
  return targets.map(({ of, ...target }) => {
    const values = (subject: SubjectName) =>
      isAdded.has(of) ? addedIn(rounds, subject, of) : roundsOf(rounds, subject).map((round) => round[of]);
    const bare = values('bare');
    const ratios = values(name).map((value, index) => value / (bare[index] ?? Number.NaN));
    return { ...target, ratio: median(ratios), spread: spread(ratios) };
  });
}

export function isMet({ ratio, atMost, atLeast }: Ratio): boolean | undefined {
  if (atMost !== undefined) return ratio <= atMost;
  return atLeast === undefined ? undefined : ratio >= atLeast;
}

function addedIn(rounds: Rounds, name: SubjectName, of: keyof Round): readonly number[] {
  const direct = roundsOf(rounds, 'direct');
  return roundsOf(rounds, name).map((round, index) => round[of] - (direct[index]?.[of] ?? Number.NaN));
}

function roundsOf(rounds: Rounds, name: SubjectName): readonly Round[] {
  const found = rounds[name];
  if (!found) throw new Error(`${name} was not measured`);
  return found;
}
