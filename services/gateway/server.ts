import { migrate } from '../kit/database.ts';
import { addDebugRoute } from '../kit/debug/debug-route.ts';
import { createDebugRuns } from '../kit/debug/debug-runs.ts';
import { addHealth } from '../kit/health.ts';
import { addOpenaiErrors } from '../kit/openai-error.ts';
import { addApiDocs } from '../kit/openapi.ts';
import { buildServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { listenForNews } from '../kit/wake-ups.ts';
import { createKeyGuard } from './access/key-guard.ts';
import { addKeyRoutes } from './access/key-routes.ts';
import { addOrigins, corsOrigin } from './access/origins.ts';
import { addAgentRoutes } from './agents/agent-routes.ts';
import { addBattleRoute } from './arena/battle-route.ts';
import { forgetOldMatchups } from './arena/matchup.ts';
import { addVoteRoute } from './arena/vote-route.ts';
import { addArtifactRoutes } from './artifacts/artifact-routes.ts';
import { addCallers } from './caller.ts';
import { addChatRoute } from './chat/chat-route.ts';
import { addCompletionsRoute } from './completions/completions-route.ts';
import { addControlPlaneRoutes } from './control-plane/control-plane-routes.ts';
import { createSessionStore } from './control-plane/session-store.ts';
import { addBaselineStreamRoute } from './debug/baseline-stream-route.ts';
import { scopedId } from './debug/scoped-id.ts';
import { addEmbeddingsRoute } from './embeddings/embeddings-route.ts';
import { cutOffBeforeDrainEnds, type Gateway } from './gateway.ts';
import { createMemoryOwner } from './memories/memory-owner.ts';
import { addMemoryRoutes } from './memories/memory-routes.ts';
import { addMessagesRoutes } from './messages/messages-routes.ts';
import { addMetricsRoutes } from './metrics/metrics-routes.ts';
import { startMetrics } from './metrics/service-metrics.ts';
import { migrations } from './migrations.ts';
import { shareCooldowns } from './model/cooldowns.ts';
import { targetsOf } from './model/target.ts';
import { addModelRoutes } from './models-route.ts';
import { addResponseRoutes } from './responses/response-routes.ts';
import { asksForSocket } from './responses/socket/socket-route.ts';
import { readSettings } from './settings.ts';
import { openSharedRecords } from './shared-records.ts';
import { addTranscribeRoutes } from './transcribe/transcribe-routes.ts';
import { createUpstreamAgent } from './upstream/upstream-agent.ts';
import { beginLease } from './worker-lease.ts';

const version = '0.1.0';
const sweepEveryMs = 60_000;
const debugChannel = 'gateway_debug';

/** Builds one worker's server. */
export async function createServer(context: WorkerContext) {
  const { env, sql, leaseSql, log, schema, draining, onShutdown } = context;
  const settings = readSettings(env);
  const { access } = settings;
  await migrate(sql, schema, migrations);
  const agent = createUpstreamAgent(settings.upstream.connectMs, settings.requestTimeoutMs);
  onShutdown(() => agent.close());
  const upstreams = { ...settings.upstream, cooldowns: await shareCooldowns(sql, log) };
  const metrics = startMetrics(context);
  const gateway: Gateway = {
    settings,
    agent,
    upstreams,
    targets: targetsOf(settings.competitors, settings.providers),
    plane: {
      dispatcher: agent,
      requestTimeoutMs: settings.requestTimeoutMs,
      observe: metrics.observe,
      upstreams,
    },
    sql,
    debugRuns: createDebugRuns(sql, debugChannel, log),
    memoryOwner: createMemoryOwner(sql, access.apiKeys.length > 0 || access.adminKey !== undefined),
    cutOff: cutOffBeforeDrainEnds(draining, settings.drainMs),
  };

  const app = buildServer(context, {
    acceptsUpgrade: asksForSocket,
    corsOrigin,
    trustedProxies: access.trustedProxies,
  });
  metrics.prometheus.count(app);
  addOpenaiErrors(app);
  addOrigins(app, access.allowedOrigins);
  const guard = access.adminKey === undefined ? undefined : createKeyGuard(sql, leaseSql, log);
  onShutdown(() => guard?.end());
  addCallers(app, { ...access, guard, isSocket: asksForSocket });
  await addApiDocs(app, {
    title: 'Gateway',
    description: 'One OpenAI-compatible door to several agents.',
    version: version,
  });
  addHealth(app, () => ({ status: 'ok', version, timestamp: new Date().toISOString() }));
  if (guard !== undefined) addKeyRoutes(app, sql);
  addModelRoutes(app, gateway);
  addChatRoute(app, gateway);
  addCompletionsRoute(app, gateway);
  addEmbeddingsRoute(app, gateway);
  addDebugRoute(app, {
    debugRuns: gateway.debugRuns,
    wakeUps: await listenForNews(sql, debugChannel),
    keepAliveMs: settings.keepAliveMs,
    keyOf: ({ caller }, id) => scopedId(caller.tenant, id),
    ending: gateway.cutOff,
  });
  addBaselineStreamRoute(app, gateway);
  addTranscribeRoutes(app, gateway);
  addMemoryRoutes(app, gateway);
  await addMessagesRoutes(app, gateway);
  addBattleRoute(app, gateway);
  addVoteRoute(app, gateway);
  addArtifactRoutes(app, gateway);
  addMetricsRoutes(app, gateway, metrics.gatherings);
  const lease = await beginLease(leaseSql, log, settings.responsesLeaseMs);
  onShutdown(() => lease.end());
  const life = { log, lease, draining, onShutdown };
  await addResponseRoutes(app, gateway, life);
  const records = await openSharedRecords(sql, settings);
  await addAgentRoutes(app, gateway, { ...life, ...records });
  const sessions = createSessionStore(sql, records.events, settings.controlPlane);
  await addControlPlaneRoutes(app, gateway, { ...records, sessions, draining });
  const sweepAll = async () => {
    await forgetOldMatchups(sql);
    await sessions.sweep();
    await records.sweep();
  };
  const sweep = setInterval(() => {
    sweepAll().catch((error: unknown) => log.warn({ err: error }, 'sweep failed'));
  }, sweepEveryMs);
  onShutdown(() => clearInterval(sweep));
  return app;
}
