import { gauntletError } from '../errors.ts';
import type { Verdict } from '../history/verdict.ts';
import type { Control } from './hunting/finding.ts';

/** `bug.json` of a folder below bugs/. */
export interface Bug {
  readonly title: string;
  /** Where it was reported in public. */
  readonly thread: string;
  /** How it comes about, in one line. */
  readonly mechanism: string;
  /** For a bug of somebody else's server: where it was seen. */
  readonly version?: string;
  /** Name of a workload, or a file in the bug's folder. */
  readonly workload: string;
  /** What stands in for which service (default: the workload's); empty for the service as it comes. */
  readonly subject: {
    readonly service?: string;
    readonly command?: string;
    readonly image?: string;
    readonly url?: string;
  };
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** File with the plan, in the bug's folder. */
  readonly plan: string;
  readonly expected: Verdict['verdict'];
  /** The checker that must say so. */
  readonly checker?: string;
  /** What `hunt` and `repro` took on two cores, for the table in the README. */
  readonly measured?: {
    /** Null when hunts of the workload end at another finding first. */
    readonly huntSeconds: number | null;
    readonly reproduced: number;
    readonly of: number;
  };
  /** What is said to make it go away, such as a store that the workers share: a control on a stack of its own each. */
  readonly remedies?: readonly Remedy[];
  /** What `repro --controls --record` measured: the plan with one thing taken away. */
  readonly controls?: readonly Control[];
  /** It comes back only where the subject is restarted before each run. */
  readonly fresh?: boolean;
}

export interface Remedy {
  /** As a control is named: `with redis`. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Parts of the stack that it needs besides those of the bug. */
  readonly profiles?: readonly string[];
}

/** @throws GauntletError GNT_BUG_INVALID */
export function readBug(text: string, name: string): Bug {
  const refuse = (problem: string) => gauntletError('GNT_BUG_INVALID', `bugs/${name}/bug.json`, problem);
  let bug: Partial<Bug>;
  try {
    bug = JSON.parse(text) as Partial<Bug>;
  } catch (cause) {
    throw refuse((cause as Error).message);
  }
  for (const field of ['title', 'thread', 'mechanism', 'workload', 'plan', 'expected'] as const) {
    if (typeof bug[field] !== 'string' || bug[field] === '') throw refuse(`"${field}" is not a text`);
  }
  return { subject: {}, ...bug } as Bug;
}

/** The text of `bug.json` with a rate that was measured and, where there are any, its controls; all else as it was. */
export function withMeasured(
  text: string,
  { reproduced, of }: { readonly reproduced: number; readonly of: number },
  controls: readonly Control[],
): string {
  const bug = JSON.parse(text) as Bug;
  const measured = { huntSeconds: null, ...bug.measured, reproduced, of };
  return `${JSON.stringify({ ...bug, measured, ...(controls.length > 0 ? { controls } : {}) }, null, 2)}\n`;
}
