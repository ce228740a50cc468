import { setTimeout as delay } from 'node:timers/promises';
import { GauntletError, gauntletError } from '../../errors.ts';
import { type AppliedFault, FaultUnsupported, type Fired } from '../../faults/applied-fault.ts';
import { applyLinkFault } from '../../faults/link-fault.ts';
import { applyServiceFault } from '../../faults/service-fault.ts';
import { applyWorkerFault } from '../../faults/worker-fault.ts';
import { wasGone, workersNow } from '../../faults/workers-now.ts';
import type { LinkFault, ServiceFault, WorkerFault } from '../../plan/fault.ts';
import type { JsonRecord } from '../../plan/json.ts';
import type { FaultStep, GapTrigger } from '../../plan/plan.ts';
import type { WorkerRef, WorkerView } from '../../workers/client.ts';
import type { LabStack } from '../lab-stack.ts';
import type { Server, Serving } from './serving.ts';
import type { Triggers } from './triggers.ts';

export interface ProcessFaultsOptions {
  readonly stack: LabStack;
  /** What the wire calls a fault. */
  readonly idOf: (step: FaultStep) => string;
  readonly triggers: Triggers;
  readonly serving: Serving;
  readonly note: (step: FaultStep, fired: Fired) => void;
  /** The service is as it was. */
  readonly ended: (step: FaultStep) => void;
  /** It did not fire, and why. */
  readonly failed: (step: FaultStep, reason: string) => void;
}

/** What fires at its time, at processes or at what is between them. */
type ProcessFault = WorkerFault | ServiceFault | LinkFault;

interface Held {
  readonly step: FaultStep;
  readonly applied: AppliedFault;
  readonly reverted: Promise<void>;
}

/** Faults of workers, services and links of one run: fired when their time has come, each at whoever it is aimed at. */
export class ProcessFaults {
  readonly #options: ProcessFaultsOptions;
  readonly #held: Held[] = [];
  /** Faults that operations wait for, by the operation. */
  readonly #gates = new Map<string, { readonly step: FaultStep; readonly fired: Promise<void> }[]>();

  constructor(options: ProcessFaultsOptions) {
    this.#options = options;
  }

  /** Fires at its time; resolves when it has, or never will. @throws GauntletError GNT_FAULT_FAILED */
  fire(step: FaultStep): Promise<void> {
    const { fault, when } = step;
    if (fault.on === 'stream' || fault.on === 'client') return Promise.resolve();
    const fired = this.#fire(step, fault);
    const before = when && 'after' in when ? when.before : undefined;
    if (before !== undefined) {
      // A failure is for whoever fires; the gate only waits.
      const settled = fired.catch(() => undefined);
      this.#gates.set(before, [...(this.#gates.get(before) ?? []), { step, fired: settled }]);
    }
    return fired;
  }

  /** Waits for what must have fired before an operation is sent, at most so long. */
  async gate(operation: string, withinMs: number): Promise<void> {
    const gates = this.#gates.get(operation);
    if (!gates) return;
    const late = new AbortController();
    const bound = delay(withinMs, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([Promise.all(gates.map((gate) => this.#opened(gate.step, gate.fired))), bound]);
    late.abort();
  }

  /** @throws GauntletError GNT_FAULT_FAILED, GNT_FAULT_NOT_REVERTED, when all have been tried */
  async revertAll(): Promise<void> {
    const ends = await Promise.allSettled(this.#held.splice(0).map((held) => this.#revert(held)));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) throw failure.reason;
  }

  async #opened(step: FaultStep, fired: Promise<void>): Promise<void> {
    await fired;
    const { settled } = step.when as GapTrigger;
    const held = this.#held.find((other) => other.step === step);
    if (!settled || !held) return;
    // A process that was ended comes back by itself; what holds one back lasts as long as it was planned.
    const endsNow = ['kill', 'term', 'restart'].includes((step.fault as ProcessFault).action);
    await (endsNow ? this.#revert(held) : held.reverted).catch(() => undefined);
  }

  async #fire(step: FaultStep, fault: ProcessFault): Promise<void> {
    const { scope } = this.#options.stack;
    // Asked while there is time: from the point that it waits for to the signal every moment counts.
    const workers = fault.on === 'worker' && scope ? workersNow(scope, fault.service) : undefined;
    workers?.catch(() => undefined);
    if (!(await this.#reached(step, fault))) return;
    try {
      const server = await this.#target(step, fault);
      if (server === 'unknown') return;
      const { applied, seen } = await this.#apply(step, fault, server, (await workers) ?? []);
      this.#options.note(
        step,
        applied.proof ? { ...applied, proof: { ...applied.proof, ...seen } } : applied,
      );
      const noteEnd = () => {
        if (applied.proof) this.#options.ended(step);
      };
      // A failure is thrown by `revert`, which always comes.
      this.#held.push({ step, applied, reverted: applied.reverted.then(noteEnd, () => undefined) });
    } catch (error) {
      const isTiming = error instanceof FaultUnsupported || wasGone(error);
      if (!isTiming) throw failure(step, error);
      this.#options.failed(step, error.message);
    }
  }

  async #reached({ when }: FaultStep, fault: ProcessFault): Promise<boolean> {
    const { triggers, serving } = this.#options;
    if (!when) return true;
    if ('after' in when) return await triggers.ended(when.after);
    if ('afterFrames' in when) return await triggers.frames(when.operation, when.afterFrames);
    if (fault.on === 'link') return true;
    return (await serving.of(when.operation, fault.service)) !== undefined;
  }

  /** Who the plan's causal target came to; undefined where the plan names a number or a service. */
  async #target(step: FaultStep, fault: ProcessFault): Promise<Server | undefined | 'unknown'> {
    if (fault.on !== 'worker' || typeof fault.worker === 'number') return undefined;
    const { serves } = fault.worker;
    const server = await this.#options.serving.of(serves, fault.service);
    if (server) return server;
    this.#options.failed(step, `it never was known which worker of ${fault.service} serves ${serves}`);
    return 'unknown';
  }

  async #apply(
    step: FaultStep,
    fault: ProcessFault,
    server: Server | undefined,
    workers: readonly WorkerView[],
  ) {
    const { stack, idOf } = this.#options;
    if (fault.on === 'link')
      return { applied: await applyLinkFault(fault, stack.wire, idOf(step)), seen: {} };
    if (fault.on === 'service') return { applied: await applyServiceFault(fault, stack), seen: {} };
    const worker: WorkerRef = server ? `p${server.pid}` : (fault.worker as number);
    // Asked before: who is gone serves nobody.
    const pid = server?.pid ?? workers.find(({ index }) => index === worker)?.pid;
    const seen = pid === undefined ? {} : this.#seenAt(fault.service, pid);
    const applied = await applyWorkerFault({ ...fault, worker }, stack, workers.length);
    return { applied, seen: server ? { ...seen, worker: server.index } : seen };
  }

  /** What was under way at the worker, and how far its clients had come: what makes a moment a cause. */
  #seenAt(service: string, pid: number): JsonRecord {
    const { serving, triggers } = this.#options;
    const operations = serving.at(service, pid);
    if (operations.length === 0) return {};
    const frames = operations.flatMap((operation) => {
      const count = triggers.seen(operation);
      return count === undefined ? [] : [[operation, count] as const];
    });
    const [link] = operations.flatMap((operation) => serving.linkOf(operation, service) ?? []);
    return {
      serving: operations,
      frames: Object.fromEntries(frames),
      ...(link === undefined ? {} : { link }),
    };
  }

  async #revert({ step, applied, reverted }: Held): Promise<void> {
    try {
      await applied.revert();
    } catch (error) {
      throw failure(step, error);
    }
    await reverted;
  }
}

function failure({ id, fault }: FaultStep, error: unknown): GauntletError {
  if (error instanceof GauntletError) return error;
  const at = fault.on === 'link' ? fault.link : 'service' in fault ? fault.service : undefined;
  const what = 'action' in fault && at !== undefined ? `${id} (${fault.action} ${at})` : id;
  return gauntletError('GNT_FAULT_FAILED', what, error instanceof Error ? error : String(error));
}
