import type { FastifyInstance } from 'fastify';
import { createBaseline } from '../baseline-kit/baseline.ts';
import { addChatRoute } from '../baseline-kit/chat-route.ts';
import { readBaselineSettings } from '../baseline-kit/settings.ts';
import { randomHex } from '../kit/http/request-ids.ts';
import type { WorkerContext } from '../kit/service.ts';
import { createLlm } from './llm/llm.ts';
import { createPlanner } from './plan.ts';

const version = '0.1.0';

/** The CLI baseline: a model for questions, a sandbox beside it for tasks that need code. */
export async function createServer(context: WorkerContext): Promise<FastifyInstance> {
  const settings = readBaselineSettings(context.env);
  const { app, service } = await createBaseline(context, settings);
  const llm = createLlm(settings);
  context.onShutdown(() => llm.close());

  app.get('/health', async () => {
    const abilities = await service.sandbox.abilities();
    const usable = abilities.runtimes.length > 0;
    return {
      status: 'ok',
      version,
      sandbox_available: usable,
      sandbox: abilities,
      features: { agent_sandbox: usable, memory: service.memory !== undefined, vision: true },
      // A sandbox starts in some 50 ms; none is kept waiting.
      warm_pool: { enabled: false, size: 0, target: 0 },
    };
  });
  addChatRoute(app, service, {
    streamId: () => `chatcmpl-baseline-${randomHex(6)}`,
    plan: createPlanner(service, llm),
  });
  return app;
}
