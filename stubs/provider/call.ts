import { type ChatRequest, lastUserIndex, type Message, textOf } from './chat-request.ts';
import { type CallKind, type Directives, readDirectives, withoutDirectives } from './directives.ts';

/** A chat request as the rules see it. */
export type Call = {
  readonly request: ChatRequest;
  readonly kind: CallKind;
  readonly directives: Directives;
  /** Text of the last user message without directives and without recalled memories. */
  readonly prompt: string;
  /** The last user message whole. */
  readonly userText: string;
  /** Messages after the last user message: tool calls and their results. */
  readonly afterUser: readonly Message[];
};

export const ROUTING_TOOLS: readonly string[] = ['select_routing_decision', 'use_agent'];

// Captions of recalled memories may carry the directives of the operation that taught them.
const RECALLED = /<memory-references>[\s\S]*?<\/memory-references>|<memories>[\s\S]*?<\/memories>/g;

export function readCall(request: ChatRequest): Call {
  const at = lastUserIndex(request.messages);
  const userText = textOf(request.messages[at]);
  const kind = kindOf(request, userText);
  const own = lastSpoken(userText).replace(RECALLED, ' ');
  return {
    request,
    kind,
    directives: readDirectives(own, kind),
    prompt: withoutDirectives(own),
    userText,
    afterUser: request.messages.slice(at + 1),
  };
}

/** The JSON conversation in a `<conversation>` block; `undefined` without one. */
export function conversationIn(text: string): readonly Message[] | undefined {
  const json = /<conversation>([\s\S]*?)<\/conversation>/.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    const messages: unknown = JSON.parse(json);
    return Array.isArray(messages) ? messages.filter((message) => typeof message?.role === 'string') : [];
  } catch {
    return [];
  }
}

function kindOf(request: ChatRequest, userText: string): CallKind {
  if (request.tools.some((tool) => ROUTING_TOOLS.includes(tool.function.name))) return 'routing';
  const memory =
    /<conversation>/.test(userText) || (/<memories>/.test(userText) && /<prompt>/.test(userText));
  return memory ? 'memory' : 'chat';
}

/** What the person said last: in a memory extraction that is inside the conversation handed over. */
function lastSpoken(userText: string): string {
  const conversation = conversationIn(userText);
  return conversation === undefined ? userText : textOf(conversation[lastUserIndex(conversation)]);
}
