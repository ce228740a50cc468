import { freeTurn } from '../store/conversation-turn.ts';
import type { ResponsesEngine } from './engine.ts';
import type { PreparedResponse } from './prepare.ts';

/** Lets the next turn of a conversation in, when this one came to nothing. */
export async function abandon({ sql }: ResponsesEngine, { request, base }: PreparedResponse): Promise<void> {
  if (request.conversationId !== undefined) await freeTurn(sql, request.conversationId, base.id);
}
