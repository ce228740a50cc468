import type { CallerOptions } from '../responses/caller.ts';
import { stackScope } from '../scope.ts';
import { optionalService, service } from '../stack.ts';

/** Two clients, on two workers where these can be told apart; elsewhere the service chooses. */
export interface TwoClients {
  readonly clients: readonly [CallerOptions, CallerOptions];
  close(): Promise<void>;
}

export function openTwoClients(): TwoClients {
  const { remote, workers } = service('gateway');
  if (remote || workers < 2 || !optionalService('scope')) {
    return { clients: [{}, {}], close: async () => undefined };
  }
  const scope = stackScope('gateway');
  const on = (worker: number): CallerOptions => ({ worker: scope.proxyFor('gateway', worker) });
  return { clients: [on(1), on(2)], close: () => scope.close() };
}
