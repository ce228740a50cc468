import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WorkerSeen } from '../../history/events.ts';
import { TunnelAgent, type TunnelEnd } from '../../workers/tunnel-agent.ts';
import type { LabStack } from '../lab-stack.ts';

/** How one client reaches one service. */
export interface Route {
  readonly agent: Agent;
  /** Where requests are sent: the service itself, or the name that the tunnel goes by. */
  readonly origin: URL;
  /** The worker at the other end of a socket of the agent, where that can be known. */
  workerOf(socket: Duplex): WorkerSeen | undefined;
}

/** Kept connections of all planned clients. No two clients share one; they stay open from run to run. */
export class Connections {
  readonly #stack: LabStack;
  readonly #routes = new Map<string, Route>();

  constructor(stack: LabStack) {
    this.#stack = stack;
  }

  /** The connections of a client to a service, or to one worker of it. */
  route(client: number, service: string, worker?: number): Route {
    const key = `${client} ${service} ${worker ?? ''}`;
    const known = this.#routes.get(key);
    if (known) return known;
    const made = this.#open(service, worker);
    this.#routes.set(key, made);
    return made;
  }

  /** The connections of a client to a service through the wire: each request has its own, and no worker is chosen. */
  throughWire(client: number, service: string): Route {
    const name = `client>${service}`;
    const url = this.#stack.record.links?.find((link) => link.name === name)?.url;
    if (url === undefined) throw new Error(`the wire does not stand on ${name}`);
    const key = `${client} ${name}`;
    const route = this.#routes.get(key) ?? {
      agent: new Agent({ keepAlive: false }),
      origin: new URL(url),
      workerOf: () => undefined,
    };
    this.#routes.set(key, route);
    return route;
  }

  /** Closes all, after faults: half-dead connections of one run must not be found by the next. */
  reset(): void {
    for (const { agent } of this.#routes.values()) agent.destroy();
    this.#routes.clear();
  }

  #open(service: string, worker: number | undefined): Route {
    const origin = new URL(this.#stack.url(service));
    const { tunnels, unseen } = this.#stack;
    if (!tunnels || service in unseen) {
      return { agent: new Agent({ keepAlive: true }), origin, workerOf: () => undefined };
    }
    // Unpinned connections go through the scope too, which leaves the choice to the kernel and says what it was.
    const target = worker === undefined ? service : `${service}.w${worker}`;
    const agent = new TunnelAgent({ ...tunnels, target });
    return { agent, origin, workerOf: (socket) => seen(agent.endOf(socket)) };
  }
}

function seen(end: TunnelEnd | undefined): WorkerSeen | undefined {
  const index = Number(end?.worker.replace(/^w/, ''));
  return end && Number.isInteger(index) && index > 0 ? { index, pid: end.pid } : undefined;
}
