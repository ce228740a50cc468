import { invalid, notFound, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import type { Verdict } from '../verdict.ts';
import type { Effects } from './effects.ts';
import type { ObjectKind } from './object-kind.ts';

/** A rule for objects of one kind: it looks at each operation as it begins and as it ends well. Refused ones never happened. */
export interface Sweep {
  readonly begin?: (operation: Operation) => void;
  readonly end?: (operation: Operation) => Violation | undefined;
  /** How many operations there were something to say about. */
  readonly judged: () => number;
  /** What the history lacked for the rule to see everything; asked when it has seen the whole. */
  readonly unmet?: () => string | undefined;
}

export type Rules = Readonly<Partial<Record<ObjectKind, Sweep>>>;

/**
 * Takes rules through a history; the verdict is that of the first violation, or says what was not met.
 * @param nothing what a history lacks in which no rule had anything to judge
 */
export function judgeBySweep(checker: string, effects: Effects, rules: Rules, nothing: string): Verdict {
  const violation = sweep(effects, rules);
  const all = Object.values(rules);
  const counted = all.reduce((sum, rule) => sum + rule.judged(), 0);
  if (violation) return invalid(checker, violation, counted);
  const unmet = all.map((rule) => rule.unmet?.()).find((reason) => reason !== undefined);
  return notFound(checker, counted, unmet ?? effects.unmet, nothing);
}

/** Takes rules through a history, in order of time and after its beginnings; ends at the first violation. */
function sweep({ at, beginnings, kinds }: Effects, rules: Rules): Violation | undefined {
  const ofKey = kinds.map((kind) => kind && rules[kind]);
  for (const operation of beginnings) {
    ofKey[operation.key]?.begin?.(operation);
    ofKey[operation.key]?.end?.(operation);
  }
  for (let position = 0; position < at.length; position += 1) {
    const operation = at[position];
    if (operation === undefined || operation.outcome === 'fail') continue;
    const rule = ofKey[operation.key];
    if (!rule) continue;
    if (position === operation.start) rule.begin?.(operation);
    else if (position === operation.end) {
      const violation = rule.end?.(operation);
      if (violation) return violation;
    }
  }
  return undefined;
}
