import { type Answer, choiceText, tokensOf, usageOf } from './answer.ts';
import { ApiError } from './api-error.ts';
import { type ChatRequest, readChatRequest } from './chat-request.ts';
import type { Frame, Stamp } from './frames.ts';
import { completionLogprobs } from './logprobs.ts';

/** The Completions API gives this many tokens when nothing else is asked for. */
const defaultMaxTokens = 16;

/** A text to go on with: the prompts joined are its one message; each prompt gets `choices / prompts.length` answers. */
export type CompletionRequest = ChatRequest & {
  readonly prompts: readonly string[];
  readonly echo: boolean;
  /** How many alternatives each token is told with; `undefined` when no log probabilities are asked for. */
  readonly likely: number | undefined;
};

/** Reads a body of `POST /v1/completions`; throws {@link ApiError} 400 with the parameter's name. */
export function readCompletionRequest(body: unknown): CompletionRequest {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { prompt = '', echo, logprobs, max_tokens: maxTokens, n, ...rest } = fields;
  const prompts = promptsOf(prompt);
  const likely = logprobs ?? undefined;
  if (likely !== undefined && !(Number.isInteger(likely) && Number(likely) >= 0 && Number(likely) <= 5)) {
    throw new ApiError(400, 'logprobs must be from 0 to 5', { param: 'logprobs' });
  }
  const messages = [{ role: 'user', content: prompts.join('\n') }];
  const chat = readChatRequest({ ...rest, n, max_tokens: maxTokens ?? defaultMaxTokens, messages });
  const said = { echo: echo === true, ...(likely === undefined ? {} : { logprobs: Number(likely) }) };
  return {
    ...chat,
    choices: chat.choices * prompts.length,
    parameters: { ...chat.parameters, ...said },
    prompts,
    echo: echo === true,
    likely: likely === undefined ? undefined : Number(likely),
  };
}

export function textCompletionOf(request: CompletionRequest, answer: Answer, stamp: Stamp) {
  const choices = Array.from({ length: request.choices }, (_, index) => {
    const echoed = echoOf(request, index);
    const said = choiceText(answer, index);
    return choice(request, index, [...tokensOf(echoed), ...tokensOf(said)], 0, answer.finishReason);
  });
  return { ...headOf(request, stamp), choices, usage: usageOf(answer, request.choices) };
}

/** One frame per token of each choice in turn, the echo first; a last one with its finish; usage if asked for; `[DONE]`. */
export function* textFramesOf(request: CompletionRequest, answer: Answer, stamp: Stamp): Generator<Frame> {
  const chunk = (choices: readonly object[], usage: object | null): string =>
    JSON.stringify({ ...headOf(request, stamp), choices, ...(request.includeUsage ? { usage } : {}) });
  for (let index = 0; index < request.choices; index += 1) {
    const tokens = [...tokensOf(echoOf(request, index)), ...tokensOf(choiceText(answer, index))];
    let offset = 0;
    for (const token of tokens) {
      yield { data: chunk([choice(request, index, [token], offset, null)], null), isToken: true };
      offset += token.length;
    }
    yield {
      data: chunk([{ index, text: '', logprobs: null, finish_reason: answer.finishReason }], null),
      isToken: false,
    };
  }
  if (request.includeUsage) yield { data: chunk([], usageOf(answer, request.choices)), isToken: false };
  yield { data: '[DONE]', isToken: false };
}

const headOf = ({ model }: CompletionRequest, { id, createdSeconds }: Stamp) => ({
  id: id.replace('chatcmpl-', 'cmpl-'),
  object: 'text_completion',
  created: createdSeconds,
  model,
  system_fingerprint: 'fp_scripted',
});

function choice(
  { likely }: CompletionRequest,
  index: number,
  tokens: readonly string[],
  offset: number,
  finishReason: string | null,
) {
  const logprobs = likely === undefined ? null : completionLogprobs(tokens, likely, offset);
  return { index, text: tokens.join(''), logprobs, finish_reason: finishReason };
}

function echoOf({ echo, prompts, choices }: CompletionRequest, index: number): string {
  return echo ? (prompts[Math.floor((index * prompts.length) / choices)] ?? '') : '';
}

/** A prompt is a text, a list of texts, tokens, or a list of lists of tokens. */
function promptsOf(prompt: unknown): readonly string[] {
  const isTokens = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => Number.isInteger(each));
  const asText = (value: unknown) => (typeof value === 'string' ? value : (value as number[]).join(' '));
  if (typeof prompt === 'string' || isTokens(prompt)) return [asText(prompt)];
  const isList = Array.isArray(prompt) && prompt.length > 0;
  if (isList && prompt.every((each) => typeof each === 'string' || isTokens(each))) return prompt.map(asText);
  throw new ApiError(400, "'prompt' must be a text, a list of texts, or tokens", { param: 'prompt' });
}
