import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { listenForNews } from '../../kit/wake-ups.ts';
import { createFollowers } from '../control-plane/followers.ts';
import type { Gateway } from '../gateway.ts';
import { readStrictJson } from '../responses/routes/json-body.ts';
import type { SharedRecords } from '../shared-records.ts';
import type { WorkerLease } from '../worker-lease.ts';
import { handleAgentError } from './agent-error.ts';
import type { AgentsContext } from './agents.ts';
import { addChangeRoutes } from './change-routes.ts';
import { createLiveRuns, lookAfterRuns } from './live-runs.ts';
import { addReadRoutes } from './read-routes.ts';
import { stopChannel } from './run-log.ts';

const maxStreamsOfTenant = 500;
const maxStreams = 2_000;

interface WorkerLife extends Pick<SharedRecords, 'once' | 'events'> {
  readonly log: FastifyBaseLogger;
  readonly lease: WorkerLease;
  readonly draining: AbortSignal;
  readonly onShutdown: (fn: () => void) => void;
}

/** The routes of agent runs, and what runs behind them in each worker. */
export async function addAgentRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  { log: workerLog, lease, draining, onShutdown, events: log, once }: WorkerLife,
): Promise<void> {
  const { sql, plane, targets, cutOff } = gateway;
  const { agents: settings, competitors, keepAliveMs, requestTimeoutMs } = gateway.settings;
  const stops = await listenForNews(sql, stopChannel);
  const live = { sql, log, plane, targets, settings, stops, cutOff, lease, draining, workerLog };
  const runs = createLiveRuns(live);
  onShutdown(lookAfterRuns(runs, live));
  // What still runs is left as interrupted by the cut-off; then the lease is given up.
  lease.keepUntil(() => runs.settled());
  const context: AgentsContext = {
    ...{ sql, log, lease, settings, once, runs, competitors, targets, cutOff, draining },
    stream: { keepAliveMs, requestTimeoutMs },
    followers: createFollowers(maxStreamsOfTenant, maxStreams),
  };
  await app.register(async (scope) => {
    readStrictJson(scope);
    scope.setErrorHandler(handleAgentError);
    addReadRoutes(scope, context);
    addChangeRoutes(scope, context);
  });
}
