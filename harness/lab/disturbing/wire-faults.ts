import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { type FiredOnWire, firedOnWire, type WireClient } from '../../faults/wire-client.ts';
import type { StreamFault } from '../../plan/fault.ts';
import type { FaultStep } from '../../plan/plan.ts';

type StreamStep = FaultStep & { readonly fault: StreamFault };

/** What became of a fault on the wire: proof that it fired, or why it did not. */
export type WireOutcome = { readonly step: FaultStep } & (
  | { readonly fired: FiredOnWire }
  | { readonly reason: string }
);

/** The faults of one run that the wire holds ready. */
export class WireFaults {
  readonly #wire: WireClient | undefined;
  readonly #nonce: string;
  readonly #armed: StreamStep[] = [];
  #ofThisPhase: readonly StreamStep[] = [];

  /** @param nonce tells this run from others, in operation ids and names of faults */
  constructor(wire: WireClient | undefined, nonce: string) {
    this.#wire = wire;
    this.#nonce = nonce;
  }

  /** Arms the faults of a phase. Returns those that the wire refused, with its reasons. */
  async arm(steps: readonly FaultStep[]): Promise<readonly WireOutcome[]> {
    const refused: WireOutcome[] = [];
    const armed: StreamStep[] = [];
    for (const step of steps) {
      const { fault } = step;
      if (fault.on !== 'stream' || fault.through !== 'wire') continue;
      try {
        await this.#wire?.arm(this.#idOf(step), fault, (operation) => `${operation}-${this.#nonce}`);
        armed.push({ ...step, fault });
      } catch (error) {
        if (!(error instanceof FaultUnsupported)) throw error;
        refused.push({ step, reason: error.message });
      }
    }
    this.#armed.push(...armed);
    this.#ofThisPhase = armed;
    return refused;
  }

  /**
   * Whether an operation goes through the wire on its way to a service: it is to be hit on that link, or a connection
   * of its phase is.
   */
  meets(operation: string, service: string): boolean {
    const isOn = ({ fault }: StreamStep) => fault.link === `client>${service}`;
    return (
      this.#ofThisPhase.some((step) => isOn(step) && 'connection' in step.fault.target) ||
      this.#armed.some(
        (step) => isOn(step) && 'operation' in step.fault.target && step.fault.target.operation === operation,
      )
    );
  }

  /** Asks the wire what became of all, and takes them back. */
  async end(): Promise<readonly WireOutcome[]> {
    this.#ofThisPhase = [];
    return Promise.all(this.#armed.splice(0).map((step) => this.#end(step)));
  }

  async #end(step: FaultStep): Promise<WireOutcome> {
    if (!this.#wire) return { step, reason: 'the stack has no wire' };
    const seen = await this.#wire.end(this.#idOf(step));
    const fired = firedOnWire(seen);
    if (fired) return { step, fired };
    const met = seen.matched > 0 ? 'it met its exchange, but found nothing to do there' : 'nothing met it';
    return { step, reason: `the wire: ${met}` };
  }

  #idOf({ id }: FaultStep): string {
    return `${id}-${this.#nonce}`;
  }
}
