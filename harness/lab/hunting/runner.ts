import { GauntletError, gauntletError } from '../../errors.ts';
import { FaultUnsupported } from '../../faults/applied-fault.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Lab, type PlanOutcome, runPlan } from '../running/run-plan.ts';
import type { Subject } from './subject.ts';

/** More in a row are no bad luck: the hunt ends with the last one. */
const mishapsInARow = 3;
/** What is acknowledged and not done is found by plans that need less of it beforehand. */
const idleInARow = 30;

/** A plan that could not be run to its end. */
export interface Mishap {
  readonly code: string;
  readonly message: string;
}

export interface RunnerOptions {
  readonly subject: Subject;
  /** Restarts the subject before every run. */
  readonly fresh?: boolean;
  /** Told of every mishap. */
  readonly onMishap?: (mishap: Mishap) => void;
}

/** Runs plans on one lab and outlives what goes wrong there. */
export class Runner {
  readonly lab: Lab;
  readonly subject: Subject;
  readonly mishaps: Mishap[] = [];
  readonly #fresh: boolean;
  readonly #onMishap: RunnerOptions['onMishap'];
  #inARow = 0;

  constructor(lab: Lab, { subject, fresh = false, onMishap }: RunnerOptions) {
    this.lab = lab;
    this.subject = subject;
    this.#fresh = fresh;
    this.#onMishap = onMishap;
  }

  get isFresh(): boolean {
    return this.#fresh;
  }

  /** The same, on another lab or with another way to begin; mishaps are counted together. */
  with(options: { readonly lab?: Lab; readonly subject?: Subject; readonly fresh?: boolean }): Runner {
    const { lab = this.lab, subject = this.subject, fresh = this.#fresh } = options;
    const onMishap = (mishap: Mishap) => {
      this.mishaps.push(mishap);
      this.#onMishap?.(mishap);
    };
    return new Runner(lab, { subject, fresh, onMishap });
  }

  /**
   * Runs a plan. Undefined when that could not be done: it is noted, and the subject is given time, or is started again
   * if it is gone or hangs.
   * @throws GauntletError of the last of too many mishaps in a row, or GNT_SUBJECT_FIXED where it was to be restarted and cannot be
   */
  async run(plan: Plan): Promise<PlanOutcome | undefined> {
    try {
      if (this.#fresh) await this.subject.restart();
      const outcome = await runPlan(this.lab, plan);
      this.#inARow = 0;
      return outcome;
    } catch (cause) {
      // No other plan would fare better.
      if (cause instanceof FaultUnsupported) throw gauntletError('GNT_SUBJECT_FIXED', cause.message);
      const error = coded(cause);
      this.#inARow += 1;
      const mishap = { code: error.code, message: error.message };
      this.mishaps.push(mishap);
      this.#onMishap?.(mishap);
      const most = error.code === 'GNT_SUBJECT_IDLE' ? idleInARow : mishapsInARow;
      if (this.#inARow >= most) throw error;
      this.lab.connections.reset();
      // One that hangs answers whoever asks after its health.
      const isGone = error.code === 'GNT_SUBJECT_SILENT' || !(await this.subject.answers());
      if (isGone) await this.subject.restart().catch(() => undefined);
      return undefined;
    }
  }
}

/** What has no code yet is a run that failed, with what was thrown as its reason: hardly ever is it a fault of ours. */
export function coded(cause: unknown): GauntletError {
  if (cause instanceof GauntletError) return cause;
  const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  const text = name === 'Error' ? message : `${name}: ${message}`;
  const error = gauntletError('GNT_PLAN_FAILED', text);
  error.cause = cause;
  return error;
}
