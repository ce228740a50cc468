import type { Answer } from '../baseline-kit/answer/answer-event.ts';
import type { Baseline } from '../baseline-kit/baseline.ts';
import type { BaselineCall } from '../baseline-kit/chat-route.ts';
import { decideRoute, type Route } from '../baseline-kit/routing/decision.ts';
import { answerByAgent } from './agent-path.ts';
import type { Llm } from './llm/llm.ts';
import { askForDecision } from './llm/routing-call.ts';
import { streamCompletion } from './llm/stream.ts';
import { wholeCompletion } from './llm/whole.ts';
import { upstreamRequest } from './upstream-request.ts';

/** Agents that a client may ask for by name; each of them means the agent path. */
const agentNames = ['claude-code', 'aider', 'opencode', 'openhands', 'codex', 'roo-code', 'cline', 'droid'];

/** Decides between the fast path and the agent path and begins the answer. */
export function createPlanner(service: Baseline, llm: Llm): (call: BaselineCall) => Promise<Answer> {
  const { settings } = service;
  return async (call) => {
    const { trace, signal, log } = call;
    trace.note('complexity_check_start', 'The complexity of the request is being checked.');
    const route = await decideRoute(call.asked, {
      thresholdTokens: settings.thresholdTokens,
      forceAgent: settings.alwaysUseAgent || agentNames.includes(String(call.headers['x-baseline-agent'])),
      ask: (text) => {
        trace.note('complexity_check_llm', 'A model is asked for the path.');
        return askForDecision(llm, settings, text, signal, log);
      },
    });
    trace.note('complexity_check_complete', `Complexity: ${route.reason}.`, {
      using_agent: route.usingAgent,
    });
    trace.note('routing_decision', `Decision: ${route.decision}.`, { ...route });
    const metadata = metadataOf(call, route, settings.model);
    if (route.usingAgent) return await answerByAgent(service, llm, call, metadata);
    trace.note('fast_path_start', 'The model answers.', { model: settings.model });
    const request = upstreamRequest(call.request, settings.model);
    const complete = call.request.stream === true ? streamCompletion : wholeCompletion;
    return { metadata, events: complete(llm, request, signal) };
  };
}

function metadataOf({ asked }: BaselineCall, route: Route, model: string): Readonly<Record<string, unknown>> {
  return {
    using_agent: route.usingAgent,
    complexity_reason: route.reason,
    routing_decision: route.decision,
    routing_model: model,
    ...(asked.generation_flags ? { generation_flags: asked.generation_flags } : {}),
  };
}
