import type { Answer } from '../baseline-kit/answer/answer-event.ts';
import type { Baseline } from '../baseline-kit/baseline.ts';
import type { BaselineCall } from '../baseline-kit/chat-route.ts';
import { agentEvents } from './agent-path.ts';
import { fastEvents } from './fast-path.ts';
import { choosePath, type Path } from './routing.ts';
import { askNeedsAgent } from './routing-call.ts';

/** Decides between the fast path and the agent and begins the answer. */
export function createPlanner(service: Baseline): (call: BaselineCall) => Promise<Answer> {
  const { settings } = service;
  return async (call) => {
    const { trace, signal, log, asked } = call;
    trace.note('complexity_check_start', 'The complexity of the request is being checked.');
    const path = await choosePath(asked, {
      thresholdTokens: settings.thresholdTokens,
      forceAgent: settings.alwaysUseAgent,
      ask: (text) => {
        trace.note('complexity_check_llm', 'A model is asked for the path.');
        return askNeedsAgent(settings, text, signal, log);
      },
    });
    trace.note('complexity_check_complete', `Complexity: ${path.reason}.`, { ...path });
    const metadata = metadataOf(call, path, settings.model);
    if (path.usingAgent) {
      trace.note('agent_path_start', 'The agent begins.', { model: settings.model });
      return { ...metadata, events: agentEvents(service, call) };
    }
    trace.note('fast_path_start', 'The model answers.', { model: settings.model });
    return { ...metadata, events: fastEvents(settings, call) };
  };
}

function metadataOf({ asked }: BaselineCall, path: Path, model: string): Pick<Answer, 'metadata'> {
  const flags = asked.generation_flags;
  if (!path.usingAgent && !flags) return {};
  return {
    metadata: {
      using_agent: path.usingAgent,
      complexity_reason: path.reason,
      routing_model: model,
      ...(flags ? { generation_flags: flags } : {}),
    },
  };
}
