import { connect, type Socket } from 'node:net';
import type { WorkerList } from '../processes/worker-register.ts';
import type { ServiceAddress } from '../settings.ts';
import { findHolders, findInodes } from './connection-owner.ts';
import type { OwnedConnection } from './idle-connections.ts';

interface Flight {
  readonly socket: Socket;
  readonly bornAt: number;
  readonly stopListening: () => void;
  connected: boolean;
  inode?: number;
}

export interface FlightEvents {
  /** A connection is established or was lost: time to look. */
  changed(): void;
  /** The service did not take a connection at all. */
  refused(error: NodeJS.ErrnoException): void;
}

/** Connections of one service that were opened and whose owner is not known yet. */
export class ConnectionsInFlight {
  readonly #address: ServiceAddress;
  readonly #events: FlightEvents;
  readonly #flights = new Set<Flight>();

  constructor(address: ServiceAddress, events: FlightEvents) {
    this.#address = address;
    this.#events = events;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** Milliseconds since each was opened. */
  get agesMs(): readonly number[] {
    const now = performance.now();
    return [...this.#flights].map(({ bornAt }) => now - bornAt);
  }

  /** Opens connections, all at once. */
  launch(count: number): void {
    for (let n = 0; n < count; n += 1) this.#launchOne();
  }

  /** Takes out the connections that a worker has accepted by now. One look at the kernel's table for all. */
  settle(list: WorkerList): OwnedConnection[] {
    const connected = [...this.#flights].filter((flight) => flight.connected);
    // An inode stays: while a primary hands a connection over, only its holder has to be asked again.
    const unknown = connected.filter(({ inode }) => inode === undefined);
    if (unknown.length > 0) {
      const peers = unknown.map(({ socket }) => ({
        address: socket.localAddress,
        port: socket.localPort ?? 0,
      }));
      const inodes = findInodes(list, this.#address.port, peers);
      for (const [at, flight] of unknown.entries()) {
        const inode = inodes[at];
        if (inode !== undefined) flight.inode = inode;
      }
    }
    const accepted = connected.flatMap(({ inode }) => (inode === undefined ? [] : [inode]));
    const holders = findHolders(list.workers, new Set(accepted));
    return connected.flatMap((flight) => {
      const { inode, socket } = flight;
      const worker = inode === undefined ? undefined : holders.get(inode);
      if (inode === undefined || !worker) return [];
      this.#flights.delete(flight);
      flight.stopListening();
      socket.pause();
      return [{ socket, worker, inode }];
    });
  }

  /** Gives up those that have been in flight for longer. */
  destroyOlderThan(ageMs: number): void {
    const now = performance.now();
    for (const flight of this.#flights) {
      if (now - flight.bornAt < ageMs) continue;
      this.#flights.delete(flight);
      flight.stopListening();
      flight.socket.destroy();
    }
  }

  #launchOne(): void {
    const { host, port } = this.#address;
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const lose = (error?: NodeJS.ErrnoException) => {
      flight.stopListening();
      socket.destroy();
      if (!this.#flights.delete(flight)) return;
      // One that was accepted and then reset died with its worker; that is not the service's refusal.
      if (error && !flight.connected) this.#events.refused(error);
      this.#events.changed();
    };
    const onConnect = () => {
      flight.connected = true;
      this.#events.changed();
    };
    const onEnd = () => lose();
    const flight: Flight = {
      socket,
      bornAt: performance.now(),
      connected: false,
      stopListening: () => {
        socket
          .off('connect', onConnect)
          .off('error', lose)
          .off('end', onEnd)
          .off('close', onEnd)
          .off('data', onEnd);
      },
    };
    this.#flights.add(flight);
    // Stays for good: between two owners of the socket an error must not end the scope.
    socket.on('error', () => undefined);
    socket.on('connect', onConnect).on('error', lose).on('end', onEnd).on('close', onEnd).on('data', onEnd);
  }
}
