import type { ArmedFault } from './armed-fault.ts';
import { ConnectionJournal } from './connection-journal.ts';
import type { FaultPlan } from './fault-plan.ts';
import { FaultRegister } from './fault-register.ts';
import { Link } from './link.ts';
import type { WireSettings } from './settings.ts';
import { WireError } from './wire-error.ts';

export type WireOptions = Pick<WireSettings, 'host' | 'links' | 'maxConnections' | 'journalCapacity'> & {
  readonly onError: (error: Error) => void;
};

/** All links of the process, with the faults planned for them and the journal of their connections. */
export class Wire {
  readonly register = new FaultRegister();
  readonly journal: ConnectionJournal;
  readonly links: ReadonlyMap<string, Link>;

  constructor({ links, journalCapacity, ...options }: WireOptions) {
    this.journal = new ConnectionJournal(journalCapacity);
    const shared = { ...options, register: this.register, journal: this.journal };
    this.links = new Map(links.map((settings) => [settings.name, new Link(settings, shared)]));
  }

  async listen(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.listen()));
  }

  /** @throws WireError WIRE_LINK_UNKNOWN and those of the register */
  addFault(id: string, plan: FaultPlan): ArmedFault {
    const { link: name } = plan.match;
    const link = this.links.get(name);
    if (link === undefined) {
      const names = [...this.links.keys()].join(', ');
      throw new WireError('WIRE_LINK_UNKNOWN', 400, `There is no link "${name}"; there are ${names}.`);
    }
    const fault = this.register.add(id, plan, link.accepted);
    link.review();
    return fault;
  }

  close(): void {
    for (const link of this.links.values()) link.close();
  }
}
