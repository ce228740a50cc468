import { renderLanes } from '../history/lanes.ts';
import type { Judgement } from '../history/verdict.ts';
import { operationsOf, stepsOf } from '../plan/plan.ts';
import type { PlanOutcome } from './run-plan.ts';

/** The verdicts of a run that is not valid, each with its counterexample as lanes. */
export function verdictText(
  title: string,
  { history, judgement }: Pick<PlanOutcome, 'history' | 'judgement'>,
): string {
  const wrong = judgement.verdicts.filter(
    ({ verdict }) => verdict === judgement.verdict && verdict !== 'valid',
  );
  return wrong
    .map(({ checker, verdict, reason = '', counterexample = [] }, index) => {
      const heading = `${verdict === 'invalid' ? '✗' : '?'} ${title}: ${checker}: ${reason}`;
      const lanes =
        index === 0 && counterexample.length > 0 ? `\n${renderLanes(history, counterexample)}` : '';
      return `${heading}    ${verdict}${lanes}`;
    })
    .join('\n');
}

/** Verdicts of a run in one line each. */
export function judgementLines({ verdicts }: Judgement): readonly string[] {
  return verdicts.map(
    ({ checker, verdict, counted, reason }) =>
      `  ${verdict.padEnd(8)} ${checker.padEnd(20)} ${String(counted).padStart(4)} judged${reason ? `  ${reason}` : ''}`,
  );
}

/** Size of a plan in words. */
export function sizeOf(outcome: Pick<PlanOutcome, 'plan'>): string {
  const operations = operationsOf(outcome.plan).length;
  const faults = stepsOf(outcome.plan).length - operations;
  const steps = `${operations + faults} step${operations + faults === 1 ? '' : 's'}`;
  return faults > 0 ? `${steps} (${faults} fault${faults === 1 ? '' : 's'})` : steps;
}
