import type { FaultTarget } from '../../faults/applied-fault.ts';
import type { Carrier, WireClient } from '../../faults/wire-client.ts';
import type { WorkerSeen } from '../../history/events.ts';
import { faultsOf, type OperationStep, type Plan, type Step, servedOperation } from '../../plan/plan.ts';
import { ScopeClientError } from '../../workers/tunnel-agent.ts';

/** A worker that serves an operation, and the link on which the wire saw it; none where the client knew. */
export interface Server extends WorkerSeen {
  readonly link?: string;
}

export interface ServingOptions extends FaultTarget {
  readonly wire?: WireClient;
  readonly links: readonly string[];
}

interface Wanted {
  readonly operation: string;
  readonly service: string;
  readonly link: string | undefined;
}

/** How long the wire is asked at once for a connection that may still come. */
const pollMs = 30_000;

/**
 * Who serves the operations of a run, at the workload's own service and at those behind it: the client knows the one, the wire
 * knows which connection carries an operation to the others, and the scope who owns that.
 */
export class Serving {
  readonly #stack: ServingOptions;
  readonly #plan: Plan;
  readonly #own: string;
  /** The id under which an operation travels. */
  readonly #idOf: (operation: string) => string;
  readonly #known = new Map<string, Server>();
  readonly #waiting = new Map<string, ((server: Server | undefined) => void)[]>();
  readonly #looks = new Map<string, AbortController>();
  readonly #under = new Set<string>();
  readonly #done = new Set<string>();

  constructor(stack: ServingOptions, plan: Plan, own: string, idOf: (operation: string) => string) {
    this.#stack = stack;
    this.#plan = plan;
    this.#own = own;
    this.#idOf = idOf;
  }

  /** Begins to look for whoever will serve the operations of a phase that faults of the plan ask for. */
  watch(steps: readonly Step[]): void {
    const looked = new Set<string>();
    for (const { operation, service, link } of this.#wantedIn(steps)) {
      const links = this.#linksTo(service, link);
      if (!this.#stack.wire || !this.#stack.scope) continue;
      const look = this.#looks.get(operation) ?? new AbortController();
      this.#looks.set(operation, look);
      for (const each of links) {
        const name = `${operation} ${each}`;
        if (!looked.has(name)) void this.#look(operation, service, each, look.signal);
        looked.add(name);
      }
    }
  }

  begun(operation: string): void {
    this.#under.add(operation);
  }

  /** The client's own connection says who answers there. */
  seenByClient(operation: string, service: string, worker: WorkerSeen): void {
    this.#found(operation, service, worker);
  }

  /** Who serves an operation, as soon as that is known; undefined when it ended before. */
  async of(operation: string, service: string): Promise<Server | undefined> {
    const known = this.#known.get(key(operation, service));
    if (known) return known;
    if (this.#done.has(operation)) return undefined;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key(operation, service)) ?? [];
      this.#waiting.set(key(operation, service), [...waiting, resolve]);
    });
  }

  /** Operations under way at one worker, as far as that is known. */
  at(service: string, pid: number): readonly string[] {
    return [...this.#under].filter((operation) => this.#known.get(key(operation, service))?.pid === pid);
  }

  linkOf(operation: string, service: string): string | undefined {
    return this.#known.get(key(operation, service))?.link;
  }

  ended(operation: string): void {
    this.#under.delete(operation);
    this.#done.add(operation);
    this.#looks.get(operation)?.abort();
    for (const [name, waiting] of this.#waiting) {
      if (!name.startsWith(`${operation} `)) continue;
      this.#waiting.delete(name);
      for (const resolve of waiting) resolve(undefined);
    }
  }

  /** Ends all looks: the run is over. */
  close(): void {
    for (const look of this.#looks.values()) look.abort();
    for (const waiting of this.#waiting.values()) for (const resolve of waiting) resolve(undefined);
    this.#waiting.clear();
  }

  /**
   * What the plan's faults ask of a phase: operations that they name, and, where a worker of a service behind is hit, all of the
   * phase, so that the proof can tell whom it hit.
   */
  #wantedIn(steps: readonly Step[]): readonly Wanted[] {
    const operations = steps.filter((step): step is OperationStep => step.kind === 'operation');
    return faultsOf(this.#plan).flatMap(({ id, fault, when }): readonly Wanted[] => {
      if (fault.on !== 'worker' && fault.on !== 'service') return [];
      const { service } = fault;
      const isHere = steps.some((step) => step.id === id);
      const named = servedOperation({ fault });
      const link = fault.on === 'worker' && typeof fault.worker === 'object' ? fault.worker.link : undefined;
      const arrival = isHere && when && 'atUpstream' in when ? when : undefined;
      const wanted = operations.filter(
        (step) => step.id === named || step.id === arrival?.operation || (isHere && service !== this.#own),
      );
      return wanted.map((step) => ({ operation: step.id, service, link: link ?? arrival?.link }));
    });
  }

  #linksTo(service: string, link: string | undefined): readonly string[] {
    const there = this.#stack.links.filter((name) => name.endsWith(`>${service}`));
    return link === undefined ? there : there.filter((name) => name === link);
  }

  async #look(operation: string, service: string, link: string, signal: AbortSignal): Promise<void> {
    const { wire } = this.#stack;
    const wanted = { link, operation: this.#idOf(operation), timeoutMs: pollMs };
    let not: { readonly not?: number } = {};
    try {
      // To the end of the operation: it may be sent again on another connection, to another worker.
      while (wire && !signal.aborted) {
        const carrier = await wire.carrier({ ...wanted, ...not }, signal);
        if (!carrier) continue;
        not = { not: carrier.connection };
        const server = await this.#ownerOf(service, link, carrier);
        if (server) this.#found(operation, service, server);
      }
    } catch {
      // The look was given up, or the wire is going: whoever waits hears of the end of the operation.
    }
  }

  async #ownerOf(service: string, link: string, carrier: Carrier): Promise<Server | undefined> {
    const { address, port } = carrier;
    try {
      const owner = await this.#stack.scope?.ownerOf(service, port, address);
      return owner && { index: owner.index, pid: owner.pid, link };
    } catch (error) {
      // It has closed by now: nobody owns it.
      if (error instanceof ScopeClientError) return undefined;
      throw error;
    }
  }

  #found(operation: string, service: string, server: Server): void {
    const name = key(operation, service);
    this.#known.set(name, server);
    for (const resolve of this.#waiting.get(name) ?? []) resolve(server);
    this.#waiting.delete(name);
  }
}

const key = (operation: string, service: string) => `${operation} ${service}`;
