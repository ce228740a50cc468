import { randomInt } from 'node:crypto';
import { Type } from 'typebox';
import { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import { noTrace } from '../../kit/debug/trace.ts';
import { boundedSignal } from '../../kit/http/call-signal.ts';
import { clientGone } from '../../kit/http/client-gone.ts';
import { openaiError } from '../../kit/openai-error.ts';
import { lastUserText, tagOperation } from '../../kit/operation-id.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { ChatCall } from '../chat/chat-call.ts';
import { askForCompletion, type Completion } from '../chat/json-completion.ts';
import type { Gateway } from '../gateway.ts';
import { newMatchup, pickPair, saveMatchup } from './matchup.ts';

const Answer = Type.Object({ content: Type.String() });
const Battle = Type.Object({ prompt_id: Type.String(), response_a: Answer, response_b: Answer });

/** POST /v1/chat/completions/arena — two competitors answer one prompt; which is which stays hidden until the vote. */
export function addBattleRoute(
  app: TypedServer,
  { settings, agent, upstreams, plane, sql, cutOff, memoryOwner }: Gateway,
): void {
  const schema = {
    summary: 'Let two competitors answer',
    tags: ['arena'],
    body: ChatCompletionRequest,
    response: { 200: Battle },
  };
  app.post('/v1/chat/completions/arena', { schema }, async (request, reply) => {
    tagOperation(request, request.body.messages);
    const pair = pickPair(settings.competitors, randomInt);
    if (pair === undefined) {
      throw openaiError(
        400,
        'The arena needs two competitors.',
        'invalid_request_error',
        'arena_unavailable',
      );
    }
    if (request.body.enable_memory === true) {
      await memoryOwner(request.caller, request.body.user_id);
    }
    // One failure decides the battle: the other competitor need not go on.
    const lost = new AbortController();
    const signal = AbortSignal.any([clientGone(reply.raw), cutOff, lost.signal]);
    using bounded = boundedSignal(signal, settings.requestTimeoutMs);
    const ask = async (index: 0 | 1): Promise<string> => {
      const competitor = pair[index];
      const call: ChatCall = {
        target: { kind: 'agent', model: competitor.id, agent: competitor },
        request: { ...request.body, model: competitor.id, stream: false, debug: false },
        ids: {
          requestId: `${request.id}-${'ab'[index]}`,
          correlationId: request.correlationId,
          stream: false,
        },
        completionId: undefined,
        log: request.log,
        trace: noTrace,
        upstreams,
        observe: plane.observe,
      };
      return contentOf(await askForCompletion(call, agent, bounded.signal));
    };
    const answers = await Promise.all([ask(0), ask(1)]).catch((error) => {
      lost.abort();
      throw error;
    });
    const matchup = newMatchup(lastUserText(request.body.messages), [pair[0].id, pair[1].id]);
    await saveMatchup(sql, matchup);
    return {
      prompt_id: matchup.promptId,
      response_a: { content: answers[0] },
      response_b: { content: answers[1] },
    };
  });
}

/** The text of an answer; a refusal ends the battle with 502, or 504 if a time ran out. */
function contentOf(completion: Completion): string {
  if ('refused' in completion) {
    const { statusCode, body } = completion.refused;
    const { message, type, code } = body.error;
    throw openaiError(statusCode === 504 ? 504 : 502, message, type, code);
  }
  const message = completion.body.choices[0]?.message as { content?: unknown } | undefined;
  return typeof message?.content === 'string' ? message.content : '';
}
