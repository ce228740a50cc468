import { createHash } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { apiUrl, ownKey } from '../suite/responses/caller.ts';
import { service } from '../suite/stack.ts';
import { WrongShape } from './failures/ending-of.ts';
import { requestWithinMs } from './failures/smoked.ts';
import { type ChosenProvider, gatewayModel } from './providers/chosen-provider.ts';
import { keepGatewayEvidence } from './providers/keep-evidence.ts';

/** Official clients of the gateway, whose every request is bounded by E2E_TIMEOUT_S and asked once. */
export const openai = (): OpenAI =>
  new OpenAI({ baseURL: apiUrl(), apiKey: ownKey(), maxRetries: 0, timeout: requestWithinMs() });
export const anthropic = (): Anthropic =>
  new Anthropic({
    baseURL: service('gateway').url,
    apiKey: ownKey(),
    maxRetries: 0,
    timeout: requestWithinMs(),
  });

/** An answer of the Responses API that is one: finished, with a text. Keeps it as evidence. */
export async function respond(
  chosen: ChosenProvider,
  body: { readonly input: string; readonly previous_response_id?: string },
): Promise<OpenAI.Responses.Response> {
  const startedAt = performance.now();
  const response = await openai().responses.create({ model: gatewayModel(chosen.name), ...body });
  if (response.object !== 'response' || response.status !== 'completed')
    throw new WrongShape(`no finished response, but ${response.object} ${response.status}`);
  if (response.output_text.trim() === '') throw new WrongShape('a response without a word');
  keepGatewayEvidence(chosen, 'responses', {
    address: `${apiUrl()}/responses`,
    durationMs: Math.round(performance.now() - startedAt),
    answerId: response.id,
    answerModel: response.model,
    text: response.output_text.slice(0, 200),
  });
  return response;
}

/** A streamed message that the official client has put together. Keeps it as evidence. */
export async function streamMessage(
  chosen: ChosenProvider,
  body: Omit<Anthropic.MessageStreamParams, 'model' | 'max_tokens'>,
): Promise<Anthropic.Message> {
  const startedAt = performance.now();
  const message = await anthropic()
    .messages.stream({ model: gatewayModel(chosen.name), max_tokens: 1_024, ...body })
    .finalMessage();
  if (message.stop_reason === null) throw new WrongShape('a message without a reason to stop');
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  if (text.trim() === '' && message.stop_reason !== 'tool_use')
    throw new WrongShape('a message without a word');
  keepGatewayEvidence(chosen, 'messages', {
    address: `${service('gateway').url}/v1/messages`,
    durationMs: Math.round(performance.now() - startedAt),
    answerId: message.id,
    answerModel: message.model,
    text: text.slice(0, 200),
  });
  return message;
}

/** What the journal keeps of the key that a provider was asked with; null where it asks for none. */
export const digestOf = ({ accesses: [{ key }] }: ChosenProvider): string | null =>
  key === '' ? null : createHash('sha256').update(`Bearer ${key}`).digest('hex');
