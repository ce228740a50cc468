import { AIMessage, AIMessageChunk, type BaseMessage, ToolMessage } from '@langchain/core/messages';
import type { LLMResult } from '@langchain/core/outputs';
import { createAgent } from 'langchain';
import type { AnswerEvent } from '../baseline-kit/answer/answer-event.ts';
import type { Baseline } from '../baseline-kit/baseline.ts';
import type { BaselineCall } from '../baseline-kit/chat-route.ts';
import { truncated } from '../baseline-kit/upstream-error.ts';
import { createModel } from './model/chat-model.ts';
import { toLangchain } from './model/messages.ts';
import { modelError } from './model/model-error.ts';
import { parametersOf } from './model/parameters.ts';
import { totalUsage } from './model/usage.ts';
import { createTools } from './tools/tools.ts';

const longestRunCalls = 15;
/** Of LangGraph: a call of the model is one step, the tools it asks for are the next. */
const stepLimit = 2 * longestRunCalls;
const instructions = 'Use your tools where they help: to calculate, to learn the time, to run code.';

/** LangChain's agent: the model calls tools until it has an answer, in at most 15 calls of the model. */
export async function* agentEvents(service: Baseline, call: BaselineCall): AsyncGenerator<AnswerEvent> {
  const { request, signal, trace } = call;
  const { messages, systemPrompt } = splitSystemPrompt(toLangchain(request.messages));
  const agent = createAgent({
    model: createModel(service.settings, parametersOf(request)),
    tools: createTools(service, call),
    systemPrompt,
  });
  const said: AIMessage[] = [];
  let finishReason: unknown;
  // LangChain keeps the reason beside the message, where only a callback sees it.
  const handleLLMEnd = ({ generations }: LLMResult) => {
    finishReason = generations[0]?.[0]?.generationInfo?.finish_reason;
  };
  yield { kind: 'reasoning', text: 'Agent started.\n' };
  trace.note('agent_thinking', 'The model thinks.');
  try {
    const options = {
      streamMode: ['messages', 'updates'] as ['messages', 'updates'],
      recursionLimit: stepLimit,
      callbacks: [{ handleLLMEnd }],
      signal,
    };
    for await (const [mode, data] of await agent.stream({ messages }, options)) {
      if (mode === 'messages') {
        const [chunk] = data as [BaseMessage, unknown];
        if (AIMessageChunk.isInstance(chunk) && chunk.text !== '')
          yield { kind: 'content', text: chunk.text };
        continue;
      }
      for (const message of messagesIn(data)) {
        if (AIMessage.isInstance(message)) said.push(message);
        yield* progressOf(message, trace);
      }
    }
  } catch (cause) {
    if ((cause as { lc_error_code?: unknown }).lc_error_code !== 'GRAPH_RECURSION_LIMIT')
      throw modelError(cause);
    yield { kind: 'content', text: `\n\nStopped: ${longestRunCalls} steps did not lead to an answer.` };
    yield { kind: 'end', finishReason: 'length', usage: usageOf(said) };
    return;
  }
  signal.throwIfAborted();
  if (typeof finishReason !== 'string') throw truncated();
  yield { kind: 'reasoning', text: 'Agent finished.\n' };
  yield { kind: 'end', finishReason, usage: usageOf(said) };
}

function* progressOf(message: BaseMessage, trace: BaselineCall['trace']): Generator<AnswerEvent> {
  if (AIMessage.isInstance(message)) {
    for (const { name } of message.tool_calls ?? []) {
      trace.note('tool_call_start', `Tool ${name} runs.`, { tool: name });
      yield { kind: 'reasoning', text: `Running tool ${name}.\n` };
    }
  } else if (ToolMessage.isInstance(message)) {
    const ended = message.status === 'error' ? 'failed' : 'finished';
    trace.note('tool_call_complete', `Tool ${message.name} ${ended}.`, { tool: message.name });
    yield { kind: 'reasoning', text: `Tool ${message.name} ${ended}.\n` };
  }
}

/** Messages that the steps of an update added. */
function messagesIn(update: unknown): readonly BaseMessage[] {
  return Object.values(update as Record<string, { messages?: BaseMessage[] } | null>).flatMap(
    (step) => step?.messages ?? [],
  );
}

/** The client's system prompt stays whole and comes first; models expect a single one. */
function splitSystemPrompt(messages: readonly BaseMessage[]): {
  readonly messages: BaseMessage[];
  readonly systemPrompt: string;
} {
  const [first, ...rest] = messages;
  if (first?.type !== 'system') return { messages: [...messages], systemPrompt: instructions };
  return { messages: rest, systemPrompt: `${first.text}\n\n${instructions}` };
}

function usageOf(said: readonly AIMessage[]) {
  return totalUsage(said.map(({ usage_metadata: usage }) => usage));
}
