import { Type } from 'typebox';
import { ConversationMessage } from './conversation.ts';
import { captionMaxCharacters, fullTextMaxCharacters } from './fact.ts';

const UserId = Type.String({ format: 'uuid' });
// PostgreSQL texts can't hold NUL.
const noNul = '^[^\\u0000]*$';
const Caption = Type.String({ minLength: 1, maxLength: captionMaxCharacters, pattern: noNul });
const FullText = Type.String({ minLength: 1, maxLength: fullTextMaxCharacters, pattern: noNul });

export const UserQuery = Type.Object({ user_id: UserId });
export const MemoryParams = Type.Object({ id: Type.String() });

export const ExtractRequest = Type.Object({
  user_id: UserId,
  conversation: Type.Array(ConversationMessage),
});
export const RelevantQuery = Type.Object({ user_id: UserId, prompt: Type.String() });
export const FullQuery = Type.Object({
  user_id: UserId,
  ids: Type.String({ description: 'Ids of memories, separated by commas.' }),
});
export const ListQuery = Type.Object({
  user_id: UserId,
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
});
export const PatchRequest = Type.Object({
  user_id: UserId,
  caption: Type.Optional(Type.Union([Caption, Type.Null()])),
  full_text: Type.Optional(Type.Union([FullText, Type.Null()])),
});

const CreatedAt = Type.String({ format: 'date-time' });
export const CaptionedMemory = Type.Object({ id: Type.String(), caption: Type.String() });
export const Memory = Type.Object({
  id: Type.String(),
  caption: Type.String(),
  full_text: Type.String(),
  created_at: CreatedAt,
});
export const ExtractResponse = Type.Object({
  memories_saved: Type.Array(
    Type.Object({ id: Type.String(), caption: Type.String(), created_at: CreatedAt }),
  ),
  total_user_memories: Type.Integer(),
});
export const RelevantResponse = Type.Object({ memories: Type.Array(CaptionedMemory) });
export const MemoriesResponse = Type.Object({ memories: Type.Array(Memory) });
export const DeletedStatus = Type.Object({ status: Type.Literal('deleted') });
export const ClearedStatus = Type.Object({ deleted: Type.Literal(true) });

const Detail = Type.Object({ detail: Type.Unknown() });
/** Answers that every memory route may give. */
export const sharedAnswers = {
  422: { ...Detail, description: 'Invalid request' },
  429: { ...Detail, description: 'Rate limit exceeded; Retry-After says when to come again' },
};
export const detailAnswer = (description: string) => ({ ...Detail, description });
