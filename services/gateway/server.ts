import { migrate } from '../kit/database.ts';
import { addHealth } from '../kit/health.ts';
import { addOpenaiErrors } from '../kit/openai-error.ts';
import { addApiDocs } from '../kit/openapi.ts';
import { buildServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { addBattleRoute } from './arena/battle-route.ts';
import { addVoteRoute } from './arena/vote-route.ts';
import { addArtifactRoutes } from './artifacts/artifact-routes.ts';
import { addCallers } from './caller.ts';
import { addChatRoute } from './chat/chat-route.ts';
import { addCompletionsRoute } from './completions/completions-route.ts';
import { cutOffBeforeDrainEnds } from './cut-off.ts';
import { addBaselineStreamRoute } from './debug/baseline-stream-route.ts';
import { createDebugRuns } from './debug/debug-runs.ts';
import { addDebugStreamRoute } from './debug/debug-stream-route.ts';
import { listenForEvents } from './debug/wake-ups.ts';
import { addEmbeddingsRoute } from './embeddings/embeddings-route.ts';
import type { Gateway } from './gateway.ts';
import { addMemoryRoutes } from './memories/memory-routes.ts';
import { addMetricsRoutes } from './metrics/metrics-routes.ts';
import { startMetrics } from './metrics/service-metrics.ts';
import { migrations } from './migrations.ts';
import { targetsOf } from './model/target.ts';
import { addModelRoutes } from './models-route.ts';
import { readSettings } from './settings.ts';
import { addTranscribeRoutes } from './transcribe/transcribe-routes.ts';
import { createUpstreamAgent } from './upstream/upstream-agent.ts';

const VERSION = '0.1.0';

/** Builds one worker's server. */
export async function createServer(context: WorkerContext) {
  const { env, sql, log, schema, draining, onShutdown } = context;
  const settings = readSettings(env);
  await migrate(sql, schema, migrations);
  const agent = createUpstreamAgent(settings.requestTimeoutMs);
  onShutdown(() => agent.close());
  const metrics = startMetrics(context);
  const gateway: Gateway = {
    settings,
    agent,
    targets: targetsOf(settings.competitors, settings.providers),
    plane: { dispatcher: agent, requestTimeoutMs: settings.requestTimeoutMs, observe: metrics.observe },
    sql,
    debugRuns: createDebugRuns(sql, log),
    cutOff: cutOffBeforeDrainEnds(draining, settings.drainMs),
  };

  const app = buildServer(context);
  metrics.prometheus.count(app);
  addOpenaiErrors(app);
  addCallers(app, settings.apiKeys);
  await addApiDocs(app, {
    title: 'Gateway',
    description: 'One OpenAI-compatible door to several agents.',
    version: VERSION,
  });
  addHealth(app, () => ({ status: 'ok', version: VERSION, timestamp: new Date().toISOString() }));
  addModelRoutes(app, gateway);
  addChatRoute(app, gateway);
  addCompletionsRoute(app, gateway);
  addEmbeddingsRoute(app, gateway);
  addDebugStreamRoute(app, gateway, await listenForEvents(sql, log));
  addBaselineStreamRoute(app, gateway);
  addTranscribeRoutes(app, gateway);
  addMemoryRoutes(app, gateway);
  addBattleRoute(app, gateway);
  addVoteRoute(app, gateway);
  addArtifactRoutes(app, gateway);
  addMetricsRoutes(app, gateway, metrics.gatherings);
  return app;
}
