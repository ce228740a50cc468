import type { FastifyInstance } from 'fastify';
import { createAgentService } from '../agent/agent-service.ts';
import { addChatRoute } from '../agent/chat-route.ts';
import { readAgentSettings } from '../agent/settings.ts';
import type { WorkerContext } from '../kit/cluster.ts';
import { createPlanner } from './plan.ts';

const version = '0.1.0';

/** The LangChain baseline: ChatOpenAI for questions, an agent with tools for work. */
export async function createServer(context: WorkerContext): Promise<FastifyInstance> {
  const { app, service } = await createAgentService(context, readAgentSettings(context.env));
  app.get('/health', () => ({ status: 'ok', version }));
  addChatRoute(app, service, { streamId: (requestId) => requestId, plan: createPlanner(service) });
  return app;
}
