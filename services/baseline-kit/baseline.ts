import { migrate } from '../kit/database.ts';
import { debugMigrations } from '../kit/debug/debug-migrations.ts';
import { addDebugRoute } from '../kit/debug/debug-route.ts';
import { createDebugRuns, type DebugRuns } from '../kit/debug/debug-runs.ts';
import { addOpenaiErrors } from '../kit/openai-error.ts';
import { buildServer, type TypedServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { listenForNews } from '../kit/wake-ups.ts';
import { type Background, createBackground } from './background.ts';
import { createMemoryClient, type MemoryClient } from './memory/memory-client.ts';
import { createSandbox, type Sandbox } from './sandbox/sandbox.ts';
import type { BaselineSettings } from './settings.ts';

/** What the routes of one worker of a baseline share. */
export interface Baseline {
  readonly settings: BaselineSettings;
  readonly debugRuns: DebugRuns;
  /** Undefined when no memory service is configured. */
  readonly memory: MemoryClient | undefined;
  readonly background: Background;
  readonly sandbox: Sandbox;
}

/** Everything both baselines have in common: tables, sandbox, memory, the debug stream; chat and health are theirs. */
export async function createBaseline(
  context: WorkerContext,
  settings: BaselineSettings,
): Promise<{ readonly app: TypedServer; readonly service: Baseline }> {
  const { sql, schema, log } = context;
  await migrate(sql, schema, debugMigrations(schema));
  const channel = `${schema}_debug`;
  const debugRuns = createDebugRuns(sql, channel, log);
  const wakeUps = await listenForNews(sql, channel);
  const background = createBackground();
  context.onShutdown(() => background.drained());
  const sandbox = createSandbox({
    log,
    limits: settings.sandbox,
    concurrency: settings.sandboxConcurrency,
    sharedUser: settings.sandboxSharedUser,
  });
  const app = buildServer(context);
  addOpenaiErrors(app);
  // Found out ahead of the first request that needs it; nobody waits for it here.
  app.addHook(
    'onListen',
    () => void sandbox.abilities().catch((err) => log.warn({ err }, 'sandbox not explored')),
  );
  addDebugRoute(app, { debugRuns, wakeUps, keepAliveMs: settings.keepAliveMs, ending: context.draining });
  const memory = settings.memoryUrl === undefined ? undefined : createMemoryClient(settings.memoryUrl, log);
  return { app, service: { settings, debugRuns, memory, background, sandbox } };
}
