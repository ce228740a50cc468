import type { RuntimeName } from './runtimes.ts';

/** Why a program is over. */
export type RunOutcome = 'exited' | 'timeout' | 'output_limit' | 'memory_limit';

export interface CodeRun {
  readonly runtime: RuntimeName;
  readonly outcome: RunOutcome;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error as they came, at most as long as the limit. */
  readonly output: string;
  readonly durationMs: number;
}

/** How a program ended, as half a sentence. */
export function describeEnd(run: CodeRun): string {
  const seconds = `${(run.durationMs / 1000).toFixed(1)} s`;
  if (run.outcome === 'timeout') return `stopped after ${seconds}: out of time`;
  if (run.outcome === 'output_limit') return `stopped after ${seconds}: too much output`;
  if (run.outcome === 'memory_limit') return `stopped after ${seconds}: too much memory`;
  if (run.signal !== null) return `ended by ${run.signal} after ${seconds}`;
  return `exit code ${run.exitCode}, ${seconds}`;
}
