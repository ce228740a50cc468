import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { listenForNews } from '../../kit/wake-ups.ts';
import { addConversationRoutes } from '../conversations/conversation-routes.ts';
import { createConversationStore } from '../conversations/conversation-store.ts';
import { addFileRoutes } from '../files/file-routes.ts';
import { createFileStore } from '../files/file-store.ts';
import type { Gateway } from '../gateway.ts';
import { createEmbedder } from '../vector-stores/embedder.ts';
import { indexFile } from '../vector-stores/index-file.ts';
import { createSearch } from '../vector-stores/search.ts';
import { addVectorStoreRoutes } from '../vector-stores/vector-store-routes.ts';
import { createVectorStores } from '../vector-stores/vector-store-store.ts';
import type { WorkerLease } from '../worker-lease.ts';
import { createResponses } from './responses.ts';
import { addCreateRoute } from './routes/create-route.ts';
import { readStrictJson } from './routes/json-body.ts';
import { addStoredRoutes } from './routes/stored-routes.ts';
import { createBackgroundRuns } from './run/background.ts';
import { keepHouse } from './run/housekeeping.ts';
import { addSocketRoute } from './socket/socket-route.ts';
import { responsesChannel } from './store/response-row.ts';
import { createResponseStore } from './store/response-store.ts';
import { createAskTool } from './tools/tool-http.ts';

interface WorkerLife {
  readonly log: FastifyBaseLogger;
  readonly lease: WorkerLease;
  readonly draining: AbortSignal;
  readonly onShutdown: (fn: () => Promise<void>) => void;
}

/** The routes of the Responses API, and what runs behind them in each worker. */
export async function addResponseRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  { log, lease, draining, onShutdown }: WorkerLife,
): Promise<void> {
  const { sql, plane, targets, settings, cutOff } = gateway;
  const wakeUps = await listenForNews(sql, responsesChannel);
  const files = createFileStore(sql);
  const stores = createVectorStores(sql);
  const embed = createEmbedder(plane, targets, settings.embeddingModel);
  const search = await createSearch(sql, embed);
  const { webSearchUrl, mcpServers } = settings;
  const engine = {
    sql,
    files,
    tools: { stores, search, webSearchUrl, mcpServers, ask: createAskTool(plane, log) },
    store: createResponseStore(sql),
    plane,
    targets,
    worker: lease.worker,
    running: new Set<string>(),
    streamCommitMs: settings.streamCommitMs,
    cutOff,
  };
  const background = createBackgroundRuns(engine, wakeUps, log, draining);
  const stopHousekeeping = keepHouse(sql, () => background.takeUp(), settings.responsesKeepHours, log);
  onShutdown(async () => stopHousekeeping());
  // What still runs ends by the cut-off; then the lease is given up, and what was left is free for others.
  lease.keepUntil(() => background.settled());
  const responses = createResponses(engine, background, wakeUps);
  await app.register(async (scope) => {
    readStrictJson(scope);
    addCreateRoute(scope, responses, settings);
    addStoredRoutes(scope, responses, settings);
    await addSocketRoute(scope, responses, settings, draining);
    addConversationRoutes(scope, createConversationStore(sql));
    addFileRoutes(scope, files);
    addVectorStoreRoutes(scope, {
      stores,
      files,
      search,
      index: (file, signal) => indexFile(sql, embed, file, signal),
    });
  });
}
