import { ConnectionOpener } from './connections/connection-opener.ts';
import { IdleConnections, type OwnedConnection } from './connections/idle-connections.ts';
import { ProcessTable } from './processes/process-table.ts';
import { WorkerRegister } from './processes/worker-register.ts';
import { WorkerSignals } from './processes/worker-signals.ts';
import type { ProxyTarget } from './proxy-target.ts';
import type { ScopeSettings } from './settings.ts';

export interface ConnectOptions {
  readonly stopOthers: boolean;
  /** Without one, the connect timeout alone ends the attempt. */
  readonly signal?: AbortSignal;
}

/** The parts of a running scope, and the one thing both proxy fronts need: a connection to a target. */
export class Scope {
  readonly settings: ScopeSettings;
  readonly processes: ProcessTable;
  readonly register: WorkerRegister;
  readonly signals: WorkerSignals;
  readonly idle = new IdleConnections();
  readonly #openers = new Map<string, ConnectionOpener>();

  constructor(settings: ScopeSettings) {
    this.settings = settings;
    this.processes = new ProcessTable(settings.run);
    this.register = new WorkerRegister(this.processes, settings.services);
    this.signals = new WorkerSignals(this.processes);
  }

  /**
   * Opens a connection to the target's worker, within the connect timeout.
   * @throws ScopeError what WorkerRegister.find and ConnectionOpener.open throw
   */
  async connect({ service, worker }: ProxyTarget, options: ConnectOptions): Promise<OwnedConnection> {
    const chosen = worker && this.register.find(service, worker);
    const timeoutMs = this.settings.connectTimeoutMs;
    return await this.#openerOf(service).open({ ...options, worker: chosen, timeoutMs });
  }

  /** Continues what it stopped and closes the connections that nobody uses. */
  close(): void {
    this.signals.releaseAll();
    for (const opener of this.#openers.values()) opener.close();
    this.idle.clear();
  }

  #openerOf(service: string): ConnectionOpener {
    const known = this.#openers.get(service);
    if (known) return known;
    const opener = new ConnectionOpener(service, this.register, this.idle, this.signals);
    this.#openers.set(service, opener);
    return opener;
  }
}
