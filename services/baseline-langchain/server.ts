import type { FastifyInstance } from 'fastify';
import type { Answer } from '../baseline-kit/answer/answer-event.ts';
import { createBaseline } from '../baseline-kit/baseline.ts';
import { addChatRoute, type BaselineCall } from '../baseline-kit/chat-route.ts';
import { readBaselineSettings } from '../baseline-kit/settings.ts';
import type { WorkerContext } from '../kit/service.ts';

const version = '0.1.0';
const warmUpDelayMs = 500;

/** The LangChain baseline: ChatOpenAI for questions, an agent with tools for work. */
export async function createServer(context: WorkerContext): Promise<FastifyInstance> {
  const { app, service } = await createBaseline(context, readBaselineSettings(context.env));
  // LangChain takes about a second of processor time to load. Nobody should wait for that before the worker is ready,
  // so it happens a little later, or with the first request if that comes earlier.
  let planner: Promise<(call: BaselineCall) => Promise<Answer>> | undefined;
  const loadPlanner = () => {
    planner ??= import('./plan.ts').then(({ createPlanner }) => createPlanner(service));
    return planner;
  };
  const warmUp = () =>
    void loadPlanner().catch((err) => context.log.error({ err }, 'LangChain cannot be loaded'));
  app.addHook('onListen', () => void setTimeout(warmUp, warmUpDelayMs).unref());

  app.get('/health', () => ({ status: 'ok', version }));
  addChatRoute(app, service, {
    streamId: (requestId) => requestId,
    plan: async (call) => (await loadPlanner())(call),
  });
  return app;
}
