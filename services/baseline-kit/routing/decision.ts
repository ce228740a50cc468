import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import { firstPass } from './first-pass.ts';
import { isFactualQuestion, isGreeting } from './quick-question.ts';
import { askedText, hasImage } from './spoken-text.ts';

export const routingDecisions = [
  'fast_qwen',
  'fast_nemotron',
  'fast_kimi',
  'agent_nemotron',
  'agent_kimi',
] as const;
export type RoutingDecision = (typeof routingDecisions)[number];

export interface Route {
  readonly decision: RoutingDecision;
  readonly usingAgent: boolean;
  readonly reason: string;
}

export interface RoutingOptions {
  readonly thresholdTokens: number;
  /** The client named an agent, or the operator wants one for everything. */
  readonly forceAgent: boolean;
  /** Asks a model about a text without directives; undefined when none answered. */
  readonly ask: (text: string) => Promise<RoutingDecision | undefined>;
}

/**
 * Fast path or agent path: the metadata's word first, then greetings and short factual questions, which beat keywords
 * and flags, then a model. What the first pass found complex gets an agent whatever the model says.
 */
export async function decideRoute(request: ChatCompletionRequest, options: RoutingOptions): Promise<Route> {
  const text = askedText(request.messages);
  const { complex, reason } = firstPass(request, options.thresholdTokens);
  const image = hasImage(request.messages);
  const route = (decision: RoutingDecision, why: string): Route => {
    const seen = image ? withEyes(decision) : decision;
    return { decision: seen, usingAgent: seen.startsWith('agent_'), reason: why };
  };

  if (options.forceAgent) return route('agent_kimi', 'agent_forced');
  const given = request.metadata?.routing_decision;
  if (isDecision(given)) return route(given, 'metadata');
  // The client runs its own tools: the model's call goes back to it.
  if (request.tools?.length) return route('fast_qwen', 'client_tools');
  if (isGreeting(text)) return route('fast_qwen', 'greeting');
  if (isFactualQuestion(text)) return route('fast_qwen', 'factual_question');
  if (text === '') return route(complex ? 'agent_kimi' : 'fast_qwen', reason);
  const asked = await options.ask(text);
  if (asked === undefined) return route('agent_kimi', complex ? reason : 'no_routing_answer');
  return route(complex ? asAgent(asked) : asked, complex ? reason : 'routing_model');
}

/** Whether a value from outside names one of the decisions. */
export function isDecision(value: unknown): value is RoutingDecision {
  return routingDecisions.some((decision) => decision === value);
}

function asAgent(decision: RoutingDecision): RoutingDecision {
  return decision === 'fast_nemotron' || decision === 'agent_nemotron' ? 'agent_nemotron' : 'agent_kimi';
}

function withEyes(decision: RoutingDecision): RoutingDecision {
  return decision.startsWith('agent_') ? 'agent_kimi' : 'fast_kimi';
}
