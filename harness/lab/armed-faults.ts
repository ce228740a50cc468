import { type AppliedFault, FaultUnsupported } from '../faults/applied-fault.ts';
import { firedAtProvider, providerDirective } from '../faults/provider-directives.ts';
import { applyServiceFault } from '../faults/service-fault.ts';
import { unsupported } from '../faults/supported.ts';
import { applyWorkerFault } from '../faults/worker-fault.ts';
import { chatCallsOf, type Journal } from '../history/journal.ts';
import type { JsonRecord } from '../plan/json.ts';
import { type FaultStep, faultsOf, type Plan, type Step } from '../plan/plan.ts';
import { ScopeClientError } from '../workers/tunnel-agent.ts';
import type { ClientConduct } from './lab-client.ts';
import type { LabStack } from './lab-stack.ts';
import type { Recorder } from './recorder.ts';
import { WireFaults } from './wire-faults.ts';

interface Trigger {
  readonly afterFrames: number;
  /** Called once: with true when the frames have come, with false when the operation ended before. */
  readonly settle: (reached: boolean) => void;
}

/** The faults of one run: armed phase by phase, fired, proven and reverted. */
export class ArmedFaults {
  readonly #plan: Plan;
  readonly #stack: LabStack;
  readonly #recorder: Recorder;
  /** Tells this run from others in operation ids and names of faults. */
  readonly #nonce: string;
  readonly #armed = new Map<string, FaultStep[]>();
  readonly #triggers = new Map<string, Trigger[]>();
  readonly #wire: WireFaults;
  readonly #fired = new Set<string>();
  readonly #reasons = new Map<string, string>();
  readonly #applied: { readonly applied: AppliedFault; readonly reverted: Promise<void> }[] = [];

  constructor(plan: Plan, stack: LabStack, recorder: Recorder, nonce: string) {
    this.#plan = plan;
    this.#stack = stack;
    this.#recorder = recorder;
    this.#nonce = nonce;
    this.#wire = new WireFaults(stack.wire, nonce);
  }

  /** Whether connections may have been hit. */
  get disturbed(): boolean {
    return faultsOf(this.#plan).length > 0;
  }

  /** Makes ready what must be in place before the operations of a phase begin. */
  async arm(steps: readonly Step[]): Promise<void> {
    const onWire: FaultStep[] = [];
    for (const step of steps) {
      if (step.kind !== 'fault') continue;
      const { fault } = step;
      const why = unsupported(fault, this.#stack);
      if (why !== undefined) this.#reasons.set(step.id, why);
      else if (fault.on === 'client') this.#armOn(fault.operation, step);
      else if (fault.on === 'stream' && fault.through === 'wire') onWire.push(step);
      else if (fault.on === 'stream' && 'operation' in fault.target)
        this.#armOn(fault.target.operation, step);
    }
    for (const refused of await this.#wire.arm(onWire)) {
      if ('reason' in refused) this.#reasons.set(refused.step.id, refused.reason);
    }
  }

  /** Fires faults of workers and services, at once or when their operation has come so far. */
  async fire(steps: readonly Step[]): Promise<void> {
    const due = steps.filter((step) => step.kind === 'fault' && !this.#reasons.has(step.id));
    await Promise.all((due as FaultStep[]).map((step) => this.#fireOne(step)));
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

  conductOf(operation: string): ClientConduct {
    const triggers = this.#triggers.get(operation) ?? [];
    let conduct: ClientConduct = {
      onFrames: (count) => {
        for (const trigger of triggers) if (count >= trigger.afterFrames) trigger.settle(true);
      },
    };
    for (const step of this.#armed.get(operation) ?? []) {
      const { fault } = step;
      if (fault.on !== 'client') continue;
      if (fault.action === 'abort') {
        const onAbort = (at: number) => this.#note(step, { abortedAt: at, afterFrames: fault.afterFrames });
        conduct = { ...conduct, abortAfterFrames: fault.afterFrames, onAbort };
      } else {
        const onSlowRead: ClientConduct['onSlowRead'] = (seen) => this.#note(step, { ...seen });
        conduct = { ...conduct, bytesPerSecond: fault.bytesPerSecond, onSlowRead };
      }
    }
    return conduct;
  }

  /** What waited for frames of the operation waits no longer. */
  operationEnded(operation: string): void {
    for (const { settle } of this.#triggers.get(operation) ?? []) settle(false);
  }

  /** Stream faults of the provider happened upstream: the journal shows whether. */
  proveByJournal(journal: Journal | undefined): void {
    for (const step of faultsOf(this.#plan)) {
      const { fault } = step;
      if (fault.on !== 'stream' || fault.through !== 'provider' || this.#reasons.has(step.id)) continue;
      if (!('operation' in fault.target)) continue;
      const entries = chatCallsOf(journal ?? [], `${fault.target.operation}-${this.#nonce}`);
      const proof = firedAtProvider(fault, entries);
      if (proof) this.#note(step, proof);
      else this.#reasons.set(step.id, 'the journal does not show it');
    }
  }

  async revertAll(): Promise<void> {
    await Promise.all(
      this.#applied.splice(0).map(async ({ applied, reverted }) => {
        await applied.revert();
        await reverted;
      }),
    );
    // Only now: what comes back may be what a fault on the wire waits for.
    for (const outcome of await this.#wire.end()) {
      const { step } = outcome;
      if ('reason' in outcome) {
        this.#reasons.set(step.id, outcome.reason);
        continue;
      }
      this.#note(step, outcome.proof);
      this.#recorder.fault({ id: step.id, state: 'reverted', fault: step.fault });
    }
  }

  unfired(): readonly string[] {
    return faultsOf(this.#plan)
      .filter(({ id }) => !this.#fired.has(id))
      .map(
        ({ id, fault }) => `${id} (${fault.on}): ${this.#reasons.get(id) ?? 'it never came to that point'}`,
      );
  }

  #armOn(operation: string, step: FaultStep): void {
    this.#armed.set(operation, [...(this.#armed.get(operation) ?? []), step]);
  }

  async #fireOne(step: FaultStep): Promise<void> {
    const { fault, when } = step;
    if (fault.on !== 'worker' && fault.on !== 'service') return;
    if (when && !(await this.#reached(when))) return;
    try {
      const applied =
        fault.on === 'worker'
          ? await applyWorkerFault(fault, this.#stack)
          : await applyServiceFault(fault, this.#stack);
      this.#note(step, applied.proof);
      const noteEnd = () => this.#recorder.fault({ id: step.id, state: 'reverted', fault });
      // A failure is thrown by `revert`, which always comes.
      this.#applied.push({ applied, reverted: applied.reverted.then(noteEnd, () => undefined) });
    } catch (error) {
      this.#reasons.set(step.id, error instanceof Error ? error.message : String(error));
      // What the scope refuses is a matter of timing: the worker had gone already, by another fault.
      if (!(error instanceof FaultUnsupported) && !(error instanceof ScopeClientError)) throw error;
    }
  }

  #reached({ operation, afterFrames }: NonNullable<FaultStep['when']>): Promise<boolean> {
    return new Promise((settle) => {
      this.#triggers.set(operation, [...(this.#triggers.get(operation) ?? []), { afterFrames, settle }]);
    });
  }

  #note(step: FaultStep, proof: JsonRecord): void {
    if (this.#fired.has(step.id)) return;
    this.#fired.add(step.id);
    this.#recorder.fault({ id: step.id, state: 'fired', fault: step.fault, proof });
  }
}
