import type { History } from '../history/events.ts';
import { notesOf, renderLanes } from '../history/lanes.ts';
import type { Judgement, Verdict } from '../history/verdict.ts';
import { operationsOf, stepsOf } from '../plan/plan.ts';
import type { Finding } from './hunting/finding.ts';
import type { Tally } from './hunting/tally.ts';
import type { Rate } from './rate.ts';
import type { PlanOutcome } from './running/run-plan.ts';

/** As many operations as a person takes in at a glance: a history as short as that is shown whole. */
const shownWhole = 10;

/** The verdicts of a run that is not valid; for the first one the lanes of its clients. */
export function verdictText(
  title: string,
  { history, judgement }: Pick<PlanOutcome, 'history' | 'judgement'>,
): string {
  const wrong = judgement.verdicts.filter(
    ({ verdict }) => verdict === judgement.verdict && verdict !== 'valid',
  );
  const lanesOf = (verdict: Verdict) => {
    const { counterexample = [] } = verdict;
    const all = requestsOf(history, new Set(counterexample));
    const ids = all.length <= shownWhole ? all : counterexample;
    return ids.length === 0
      ? ''
      : `\n${renderLanes(history, ids, notesOf(verdict)).replace(/^(?=.)/gm, '    ')}`;
  };
  return wrong
    .map((verdict, index) => {
      const sign = verdict.verdict === 'invalid' ? '✗' : '?';
      const heading = `${sign} ${title}: ${verdict.checker}: ${verdict.reason ?? ''}    ${verdict.verdict}`;
      return index === 0 ? `${heading}${lanesOf(verdict)}` : heading;
    })
    .join('\n');
}

/** The operations of a history, of a request with parts only those that a counterexample names, or else the first. */
function requestsOf({ events }: History, named: ReadonlySet<string>): readonly string[] {
  const invokes = events.filter((event) => event.type === 'invoke');
  const requests = Map.groupBy(invokes, ({ op, partOf }) => partOf ?? op);
  return [...requests.values()].flatMap((parts) => {
    const ops = parts.map(({ op }) => op);
    const shown = ops.filter((op) => named.has(op));
    return shown.length > 0 ? shown : ops.slice(0, 1);
  });
}

/** Verdicts of a run in one line each. */
export function judgementLines({ verdicts }: Judgement): readonly string[] {
  return verdicts.map(({ checker, verdict, counted, reason }) => {
    const why = reason ? `  ${reason}` : '';
    return `  ${verdict.padEnd(10)} ${checker.padEnd(20)} ${String(counted).padStart(4)} judged${why}`;
  });
}

/** What was judged in how many of the runs, and what in none of them, with what it lacked. */
export function judgedLines({
  runs,
  judged,
  notJudged,
}: Pick<Tally, 'runs' | 'judged' | 'notJudged'>): readonly string[] {
  const seen = Object.entries(judged).map(([checker, times]) => `${checker} ${times}`);
  const missing = notJudged.map(({ checker, reason }) => `${checker} (${reason})`);
  return [
    ...(seen.length > 0 ? [`  judged in ${runs} ${runs === 1 ? 'run' : 'runs'}: ${seen.join(', ')}`] : []),
    ...(missing.length > 0 ? [`  not judged: ${missing.join(', ')}`] : []),
  ];
}

/** How often a finding came back. */
export function rateText({ rate, fresh }: Pick<Finding, 'rate' | 'fresh'>): string {
  const of = (each: Pick<Rate, 'reproduced' | 'of'>) =>
    each.of === 0 ? 'not run again' : `${each.reproduced} of ${each.of}`;
  return fresh ? `reproduced ${of(rate)} warm, ${of(fresh)} fresh` : `reproduced ${of(rate)}`;
}

/** Size of a plan in words. */
export function sizeOf(outcome: Pick<PlanOutcome, 'plan'>): string {
  const operations = operationsOf(outcome.plan).length;
  const faults = stepsOf(outcome.plan).length - operations;
  const steps = `${operations + faults} step${operations + faults === 1 ? '' : 's'}`;
  return faults > 0 ? `${steps} (${faults} fault${faults === 1 ? '' : 's'})` : steps;
}
