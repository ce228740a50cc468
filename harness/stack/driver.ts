import type { StackPlan } from './plan-stack.ts';
import type { PlannedService } from './planned-service.ts';
import type { ServiceRecord } from './run-folder.ts';
import type { Supervisor } from './supervisor/client.ts';

export type StartedService = PlannedService & { readonly mode: 'start' };

/** What happens to one service, for people to watch; of one that is prepared nothing is expected until all are. */
export type Progress = (
  service: string,
  state: 'preparing' | 'prepared' | 'waiting' | 'ready' | 'failed',
  detail: string,
) => void;

/** Where a prepared service comes from, for the summary. */
export interface Origin {
  readonly from: NonNullable<ServiceRecord['from']>;
  readonly version?: string;
}

/** One way to bring a stack up. */
export interface Driver {
  /** Makes what is missing: images, Python environments. Not part of the deadline. */
  prepare(plan: StackPlan, progress: Progress, signal: AbortSignal): Promise<Prepared>;
}

/** A stack whose programs are all there. */
export interface Prepared {
  /** Variables of compose.yaml that preparing has settled, such as image names. */
  readonly plan: StackPlan;
  readonly origins: Readonly<Record<string, Origin>>;
  /** Starts everything and resolves when every service is ready. Throws StartFailure or the reason of `signal`. */
  up(supervisor: Supervisor, progress: Progress, signal: AbortSignal): Promise<void>;
}

/** Services that the plan starts. */
export function startedServices(plan: StackPlan): readonly StartedService[] {
  return plan.services.filter((service): service is StartedService => service.mode === 'start');
}

/** What must be healthy before a service starts: a stranger's in place of ours may not wait for its database. */
export function mustBeHealthy({ spec, source }: StartedService): readonly string[] {
  return source.kind === 'own' ? spec.waitsFor : spec.dependsOn;
}
