import { fromWallClock } from '../../faults/now.ts';
import { firedAtProvider, providerDirective } from '../../faults/provider-directives.ts';
import { unsupportedStep } from '../../faults/supported.ts';
import type { WorkerSeen } from '../../history/events.ts';
import { chatCallsOf, type Journal } from '../../history/journal.ts';
import type { JsonRecord } from '../../plan/json.ts';
import { type FaultStep, faultsOf, operationOfFault, type Plan, type Step } from '../../plan/plan.ts';
import type { LabStack } from '../lab-stack.ts';
import type { ClientConduct } from '../running/lab-client.ts';
import type { Recorder } from '../running/recorder.ts';
import { ProcessFaults } from './process-faults.ts';
import { Serving } from './serving.ts';
import { Triggers } from './triggers.ts';
import { WireFaults } from './wire-faults.ts';

export interface ArmedFaultsOptions {
  readonly plan: Plan;
  readonly stack: LabStack;
  readonly recorder: Recorder;
  /** Tells this run from others in operation ids and names of faults. */
  readonly nonce: string;
  /** The service of the workload. */
  readonly service: string;
}

const holding: readonly string[] = ['stop', 'continue', 'pause'];

/** The faults of one run: armed phase by phase, fired, proven and reverted. */
export class ArmedFaults {
  readonly #plan: Plan;
  readonly #stack: LabStack;
  readonly #recorder: Recorder;
  readonly #nonce: string;
  readonly #armed = new Map<string, FaultStep[]>();
  readonly #triggers = new Triggers();
  readonly #serving: Serving;
  readonly #wire: WireFaults;
  readonly #processes: ProcessFaults;
  readonly #fired = new Set<string>();
  readonly #reasons = new Map<string, string>();

  constructor({ plan, stack, recorder, nonce, service }: ArmedFaultsOptions) {
    this.#plan = plan;
    this.#stack = stack;
    this.#recorder = recorder;
    this.#nonce = nonce;
    this.#wire = new WireFaults(stack.wire, nonce);
    this.#serving = new Serving(stack, plan, service, (operation) => `${operation}-${nonce}`);
    this.#processes = new ProcessFaults({
      stack,
      idOf: ({ id }) => `${id}-${nonce}`,
      triggers: this.#triggers,
      serving: this.#serving,
      note: (step, { firedAt, proof, reason = 'nothing shows that it fired' }) =>
        proof ? this.#note(step, proof, firedAt) : this.#reasons.set(step.id, reason),
      ended: (step) => this.#recorder.fault({ id: step.id, state: 'reverted', fault: step.fault }),
      failed: (step, reason) => this.#reasons.set(step.id, reason),
    });
  }

  /** Whether kept connections of clients may have been hit; those to a process that was held for a while are whole. */
  get disturbed(): boolean {
    return faultsOf(this.#plan).some(({ fault }) => {
      if (fault.on === 'client') return false;
      if (fault.on === 'link') return fault.action === 'sever' && fault.link.startsWith('client>');
      return fault.on === 'stream' ? fault.link !== undefined : !holding.includes(fault.action);
    });
  }

  /** Makes ready what must be in place before the operations of a phase begin. */
  async arm(steps: readonly Step[]): Promise<void> {
    const onWire: FaultStep[] = [];
    for (const step of steps) {
      if (step.kind !== 'fault') continue;
      const { fault } = step;
      const why = unsupportedStep(step, this.#stack);
      if (why !== undefined) this.#reasons.set(step.id, why);
      else if (fault.on === 'client') this.#armOn(fault.operation, step);
      else if (fault.on === 'stream' && fault.through === 'wire') onWire.push(step);
      else if (fault.on === 'stream' && 'operation' in fault.target)
        this.#armOn(fault.target.operation, step);
    }
    for (const refused of await this.#wire.arm(onWire)) {
      if ('reason' in refused) this.#reasons.set(refused.step.id, refused.reason);
    }
    this.#serving.watch(steps);
  }

  /**
   * Fires faults of workers, services and links, at once or when their operation has come so far.
   * @throws GauntletError GNT_FAULT_FAILED
   */
  async fire(steps: readonly Step[]): Promise<void> {
    const due = steps.filter((step) => step.kind === 'fault' && !this.#reasons.has(step.id));
    await Promise.all((due as FaultStep[]).map((step) => this.#processes.fire(step)));
  }

  /** Resolves when an operation may be sent: faults that come before it have fired, or never will. */
  async gate(operation: string, withinMs: number): Promise<void> {
    await this.#processes.gate(operation, withinMs);
  }

  /** Directives for the scripted provider in the message of an operation. */
  directivesFor(operation: string): readonly string[] {
    const steps = this.#armed.get(operation) ?? [];
    return steps.flatMap(({ fault }) => (fault.on === 'stream' ? (providerDirective(fault) ?? []) : []));
  }

  /** Whether an operation goes through the wire on its way to a service: a fault stands on that link. */
  throughWire(operation: string, service: string): boolean {
    return this.#wire.meets(operation, service);
  }

  operationBegins(operation: string): void {
    this.#serving.begun(operation);
  }

  conductOf(operation: string): ClientConduct {
    let conduct: ClientConduct = {
      onFrames: (count) => this.#triggers.noteFrames(operation, count),
      onWorker: (service: string, worker: WorkerSeen) => {
        this.#serving.seenByClient(operation, service, worker);
      },
    };
    for (const step of this.#armed.get(operation) ?? []) {
      const { fault } = step;
      if (fault.on !== 'client') continue;
      if (fault.action === 'abort') {
        const onAbort = (at: number) => {
          this.#note(step, { abortedAt: at, afterFrames: fault.afterFrames }, at);
          this.#over(step, at);
        };
        const { afterFrames, afterMs } = fault;
        conduct = {
          ...conduct,
          abortAfterFrames: afterFrames,
          ...(afterMs === undefined ? {} : { abortAfterMs: afterMs }),
          onAbort,
        };
      } else {
        const onSlowRead: ClientConduct['onSlowRead'] = (seen) => {
          this.#note(step, { ...seen }, performance.timeOrigin + performance.now() - seen.elapsedMs);
          this.#over(step);
        };
        conduct = { ...conduct, bytesPerSecond: fault.bytesPerSecond, onSlowRead };
      }
    }
    return conduct;
  }

  /** What waited for the operation to come further waits no longer. */
  operationEnded(operation: string): void {
    this.#triggers.noteEnd(operation);
    this.#serving.ended(operation);
  }

  /** The run is given up: nothing waits any more. */
  cancel(): void {
    this.#triggers.cancel();
    this.#serving.close();
  }

  /** Stream faults of the provider happened upstream: the journal shows whether. */
  proveByJournal(journal: Journal | undefined): void {
    for (const step of faultsOf(this.#plan)) {
      const { fault } = step;
      if (fault.on !== 'stream' || fault.through !== 'provider' || this.#reasons.has(step.id)) continue;
      if (!('operation' in fault.target)) continue;
      const fired = firedAtProvider(
        fault,
        chatCallsOf(journal ?? [], `${fault.target.operation}-${this.#nonce}`),
      );
      if (!fired) {
        this.#reasons.set(step.id, 'the journal does not show it');
        continue;
      }
      this.#note(step, fired.proof, fromWallClock(fired.at));
      if (fired.overAt !== undefined) this.#over(step, fromWallClock(fired.overAt));
    }
  }

  /**
   * Ends all faults, and learns from the wire what became of those there.
   * @throws GauntletError GNT_FAULT_FAILED, GNT_FAULT_NOT_REVERTED; all have been tried by then
   */
  async revertAll(): Promise<void> {
    this.cancel();
    try {
      await this.#processes.revertAll();
    } finally {
      // Only now: what comes back may be what a fault on the wire waits for.
      await this.#endOnWire();
    }
  }

  unfired(): readonly string[] {
    return faultsOf(this.#plan)
      .filter(({ id }) => !this.#fired.has(id))
      .map(
        ({ id, fault }) => `${id} (${fault.on}): ${this.#reasons.get(id) ?? 'it never came to that point'}`,
      );
  }

  async #endOnWire(): Promise<void> {
    for (const outcome of await this.#wire.end()) {
      const { step } = outcome;
      if ('reason' in outcome) {
        this.#reasons.set(step.id, outcome.reason);
        continue;
      }
      const { proof, at, overAt } = outcome.fired;
      this.#note(step, proof, fromWallClock(at));
      this.#over(step, overAt === undefined ? undefined : fromWallClock(overAt));
    }
  }

  #armOn(operation: string, step: FaultStep): void {
    this.#armed.set(operation, [...(this.#armed.get(operation) ?? []), step]);
  }

  #note(step: FaultStep, proof: JsonRecord, at?: number): void {
    if (this.#fired.has(step.id)) return;
    this.#fired.add(step.id);
    this.#recorder.fault({ id: step.id, state: 'fired', fault: step.fault, proof }, at, this.#opOf(step));
  }

  #over(step: FaultStep, at?: number): void {
    this.#recorder.fault({ id: step.id, state: 'reverted', fault: step.fault }, at, this.#opOf(step));
  }

  /** The operation that the fault hits: it cannot have fired before that began. */
  #opOf(step: FaultStep): string | undefined {
    const { fault } = step;
    const operation = fault.on === 'stream' || fault.on === 'client' ? operationOfFault(step) : undefined;
    return operation === undefined ? undefined : `${operation}-${this.#nonce}`;
  }
}
