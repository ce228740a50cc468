import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { forOneWorker, repinned } from '../../plan/pinned.ts';
import { faultsOf, operationsOf, type Plan } from '../../plan/plan.ts';
import { mapSteps } from '../../plan/tidy.ts';
import { measureRate, type Rate, violatesAny } from '../rate.ts';
import { type Control, type Finding, isFirmRate, rateRuns } from './finding.ts';
import type { Runner } from './runner.ts';

export const oneWorker = 'one worker';
const allOnOneWorker = 'all operations on one worker';

/** Runs the controls of a finding on the lab where it was found. */
export async function runControls(
  runner: Runner,
  { plan, checkers, rate }: Pick<Finding, 'plan' | 'checkers' | 'rate'>,
  signal: AbortSignal,
): Promise<readonly Control[]> {
  const { stack, workload } = runner.lab;
  const counts = violatesAny(checkers);
  // Where it comes back on a fresh subject only, it is looked for there.
  const own = runner.with({ fresh: runner.isFresh || !isFirmRate(rate) });
  const of = async (name: string, changed: Plan, on: Runner = own): Promise<Control> => {
    try {
      return control(name, await measureRate(on, changed, rateRuns, counts, { signal }));
    } catch (error) {
      return notRun(name, error);
    }
  };
  const controls: Control[] = [];
  if ((stack.workers[workload.service] ?? 1) > 1 && operationsOf(plan).length > 1) {
    controls.push(
      await of(
        allOnOneWorker,
        repinned(plan, () => 1),
      ),
    );
  }
  for (const { id, fault } of faultsOf(plan)) {
    const name = `without ${id} (${'action' in fault ? fault.action : fault.effect.kind})`;
    const calm = mapSteps(plan, (step) => (step.id === id ? undefined : step));
    if (operationsOf(calm).length > 0) controls.push(await of(name, calm));
  }
  if (signal.aborted) return controls;
  const alone = forOneWorker(plan);
  const first = await runner.subject
    .withOneWorker((lab, subject) => of(oneWorker, alone, own.with({ lab, subject })))
    .catch((error: unknown) => notRun(oneWorker, error));
  return [first, ...controls];
}

const control = (name: string, { reproduced, of }: Rate): Control => ({ name, reproduced, of });

function notRun(name: string, error: unknown): Control {
  const why = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Error)) throw error;
  return {
    name,
    reproduced: 0,
    of: 0,
    why: error instanceof FaultUnsupported ? why : `it could not be run: ${why}`,
  };
}

/** The controls in words: `needs two workers: yes (10 of 10 with two, 0 of 10 with one)`. */
export function controlLines(
  controls: readonly Control[],
  rate: Pick<Rate, 'reproduced' | 'of'>,
): readonly string[] {
  const base = `${rate.reproduced} of ${rate.of}`;
  return controls.map(({ name, reproduced, of, why }) => {
    const seen = `${reproduced} of ${of}`;
    if (name === oneWorker) {
      const needs = needsTwoWorkers(controls, rate);
      return `needs two workers: ${needs}${of === 0 ? ` (${why ?? 'it was not run'})` : ` (${base} with two, ${seen} with one)`}`;
    }
    if (of === 0) return `${name}: not run (${why ?? 'interrupted'})`;
    return `${name}: ${seen}`;
  });
}

export type Needs = 'yes' | 'no' | 'mostly' | 'not known';

/**
 * Whether a finding needs a second worker. `mostly` when it shows with one worker too, but less than half as often; not known where
 * it comes back so seldom that its absence says nothing.
 */
export function needsTwoWorkers(controls: readonly Control[], rate: Pick<Rate, 'reproduced' | 'of'>): Needs {
  const alone = controls.find(({ name }) => name === oneWorker);
  if (!alone || alone.of === 0 || rate.of === 0) return 'not known';
  const with2 = rate.reproduced / rate.of;
  const with1 = alone.reproduced / alone.of;
  if (with1 * 2 >= with2 && with1 > 0) return 'no';
  if (with2 < 0.5) return 'not known';
  return with1 === 0 ? 'yes' : 'mostly';
}
