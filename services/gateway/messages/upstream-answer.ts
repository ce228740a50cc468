import { OpenaiError } from '../../kit/openai-error.ts';
import type { ModelCall } from '../model/model-call.ts';

/** Fields of thinking, which chat models that don't think may refuse. */
const optional = ['reasoning_effort', 'reasoning_content'] as const;

/**
 * Asks the upstream, and once more without the fields of thinking when it refuses the request by one of their names.
 * Nothing has been answered then, and what was asked for is kept: the conversation.
 */
export async function askTolerantly<T>(call: ModelCall, ask: (call: ModelCall) => Promise<T>): Promise<T> {
  try {
    return await ask(call);
  } catch (error) {
    if (!(error instanceof OpenaiError) || ![400, 422].includes(error.statusCode)) throw error;
    const refused = optional.filter((name) => error.message.includes(name));
    const plain = withoutFields(call, refused);
    if (plain === undefined) throw error;
    call.log.info({ model: call.target.model, refused }, 'asked again without fields of thinking');
    return ask(plain);
  }
}

/** The call without the fields; undefined when it has none of them. */
function withoutFields(call: ModelCall, names: readonly string[]): ModelCall | undefined {
  const { reasoning_effort: effort, ...request } = call.request;
  const isAsked = effort !== undefined && names.includes('reasoning_effort');
  const isTold = names.includes('reasoning_content') && request.messages.some(hasThought);
  if (!isAsked && !isTold) return undefined;
  const messages = isTold ? request.messages.map(withoutThought) : request.messages;
  const kept = isAsked || effort === undefined ? {} : { reasoning_effort: effort };
  return { ...call, request: { ...request, ...kept, messages } };
}

type Message = ModelCall['request']['messages'][number] & { readonly reasoning_content?: string };

const hasThought = (message: Message): boolean => message.reasoning_content !== undefined;

function withoutThought({ reasoning_content: _, ...message }: Message): Message {
  return message.content === '' && message.tool_calls === undefined ? { ...message, content: ' ' } : message;
}
