import { EventEmitter, once } from 'node:events';
import { ArmedFault } from './armed-fault.ts';
import { checkPlan, type FaultPlan, type Site } from './fault-plan.ts';
import type { Hit, Place } from './hit.ts';
import { WireError } from './wire-error.ts';

const faultLimit = 500;

/** All planned faults, the oldest first. Of several that mean the same exchange the oldest takes it. */
export class FaultRegister {
  readonly #faults = new Map<string, ArmedFault>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /**
   * Arms a fault; one with the same id ends and is replaced.
   * @param accepted how many connections the link has had
   * @throws WireError WIRE_FAULT_INVALID, WIRE_FAULT_LATE, WIRE_FAULT_LIMIT
   */
  add(id: string, plan: FaultPlan, accepted: number): ArmedFault {
    checkPlan(plan);
    const fault = new ArmedFault(id, plan, accepted, () => this.#changes.emit('change'));
    if (fault.lastConnection !== undefined && fault.lastConnection <= accepted) {
      fault.end();
      const { link } = plan.match;
      throw new WireError(
        'WIRE_FAULT_LATE',
        409,
        `Link ${link} has had ${accepted} connections already, so number ${fault.lastConnection} will not come.`,
      );
    }
    try {
      this.remove(id);
      this.#makeRoom();
    } catch (error) {
      fault.end();
      throw error;
    }
    this.#faults.set(id, fault);
    return fault;
  }

  get(id: string): ArmedFault {
    const fault = this.#faults.get(id);
    if (fault === undefined) throw new WireError('WIRE_FAULT_UNKNOWN', 404, `There is no fault "${id}".`);
    return fault;
  }

  list(): readonly ArmedFault[] {
    return [...this.#faults.values()];
  }

  /** Ends a fault and forgets it; a connection that it holds is closed. */
  remove(id: string): ArmedFault | undefined {
    const fault = this.#faults.get(id);
    fault?.end();
    this.#faults.delete(id);
    return fault;
  }

  /** Whether anything on this link may still be hit. */
  watches(link: string): boolean {
    for (const fault of this.#faults.values()) if (fault.open && fault.plan.match.link === link) return true;
    return false;
  }

  match(site: Site, place: Place): Hit | undefined {
    for (const fault of this.#faults.values()) {
      const hit = fault.match(site, place);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  /** The fault once it has fired (`over`: once it has nothing left to do); `undefined` when `signal` or its expiry comes first. */
  async wait(id: string, event: 'fired' | 'over', signal: AbortSignal): Promise<ArmedFault | undefined> {
    for (;;) {
      const fault = this.get(id);
      const over = fault.state === 'over' || fault.state === 'expired';
      if (event === 'fired' ? fault.firedAt !== undefined : over) return fault;
      if (over || signal.aborted) return undefined;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }

  #makeRoom(): void {
    if (this.#faults.size < faultLimit) return;
    const over = this.list().find(({ state }) => state === 'over' || state === 'expired');
    if (over === undefined)
      throw new WireError('WIRE_FAULT_LIMIT', 409, `${faultLimit} faults are armed; remove some first.`);
    this.#faults.delete(over.id);
  }
}
