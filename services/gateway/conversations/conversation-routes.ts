import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { openaiError } from '../../kit/openai-error.ts';
import { check } from '../responses/request/check.ts';
import { refuseDeepNesting } from '../responses/request/nesting.ts';
import { readItems } from '../responses/request/read-items.ts';
import { Metadata } from '../responses/request/request-schema.ts';
import { unchecked } from '../responses/routes/json-body.ts';
import { listOf, pageOf, pageQuery } from '../responses/routes/paging.ts';
import { newId } from '../responses/run/new-id.ts';
import { conversationNotFound } from '../responses/store/conversation-turn.ts';
import type { Conversation, ConversationStore, StoredItem } from './conversation-store.ts';

const Items = Type.Array(Type.Unknown(), { maxItems: 20 });
const CreateBody = Type.Object(
  {
    items: Type.Optional(Type.Union([Items, Type.Null()])),
    metadata: Type.Optional(Type.Union([Metadata, Type.Null()])),
  },
  { additionalProperties: false },
);
const UpdateBody = Type.Object(
  { metadata: Type.Union([Metadata, Type.Null()]) },
  { additionalProperties: false },
);
const ItemsBody = Type.Object({ items: Items }, { additionalProperties: false });
const params = Type.Object({ id: Type.String() });
const tags = ['conversations'];

interface ById {
  readonly Params: { readonly id: string };
}
interface ByItem {
  readonly Params: { readonly id: string; readonly item: string };
}

/** Conversations and their items: create, retrieve, update, delete. Another tenant's are not there: 404. */
export function addConversationRoutes(scope: FastifyInstance, store: ConversationStore): void {
  const found = async ({ caller, params: { id } }: FastifyRequest<ById>): Promise<Conversation> => {
    const conversation = await store.find(caller.tenant, id);
    if (conversation === undefined) throw conversationNotFound(id);
    return conversation;
  };
  const itemOf = async (request: FastifyRequest<ByItem>): Promise<StoredItem> => {
    const { id } = await found(request);
    const item = (await store.items(id)).find((one) => one.id === request.params.item);
    if (item === undefined) throw itemNotFound(request.params.item);
    return item;
  };
  const described = (summary: string, more: object = {}) => ({
    schema: { summary, tags, ...more },
    ...unchecked,
  });

  scope.post(
    '/v1/conversations',
    described('Create a conversation', { body: CreateBody }),
    async (request) => {
      const { items, metadata } = read(CreateBody, request.body ?? {});
      const added = readItems(items ?? [], newId, 'items');
      return store.create(request.caller.tenant, newId('conv'), metadata ?? {}, added);
    },
  );
  scope.get<ById>('/v1/conversations/:id', described('Retrieve a conversation', { params }), found);
  scope.post<ById>(
    '/v1/conversations/:id',
    described("Replace a conversation's metadata", { params, body: UpdateBody }),
    async (request) => {
      const { metadata } = read(UpdateBody, request.body);
      const updated = await store.update(request.caller.tenant, request.params.id, metadata ?? {});
      if (updated === undefined) throw conversationNotFound(request.params.id);
      return updated;
    },
  );
  scope.delete<ById>(
    '/v1/conversations/:id',
    described('Delete a conversation', { params }),
    async (request) => {
      const { id } = request.params;
      if (!(await store.delete(request.caller.tenant, id))) throw conversationNotFound(id);
      return { id, object: 'conversation.deleted', deleted: true };
    },
  );

  scope.get<ById & { Querystring: Readonly<Record<string, unknown>> }>(
    '/v1/conversations/:id/items',
    described('List items', { params, querystring: pageQuery }),
    async (request) => {
      const { id } = await found(request);
      return pageOf(await store.items(id), request.query);
    },
  );
  scope.post<ById>(
    '/v1/conversations/:id/items',
    described('Add items', { params, body: ItemsBody }),
    async (request) => {
      const { items } = read(ItemsBody, request.body);
      const added = readItems(items, newId, 'items') as readonly StoredItem[];
      const { id } = await found(request);
      await store.append(id, added);
      return listOf(added, false);
    },
  );
  scope.get<ByItem>('/v1/conversations/:id/items/:item', described('Retrieve an item', { params }), itemOf);
  scope.delete<ByItem>(
    '/v1/conversations/:id/items/:item',
    described('Delete an item', { params }),
    async (request) => {
      const conversation = await found(request);
      if (!(await store.deleteItem(conversation.id, request.params.item)))
        throw itemNotFound(request.params.item);
      return conversation;
    },
  );
}

function read<T extends typeof CreateBody | typeof UpdateBody | typeof ItemsBody>(
  schema: T,
  body: unknown,
): Static<T> {
  refuseDeepNesting(body);
  return check(schema, body, '');
}

const itemNotFound = (id: string) =>
  openaiError(
    404,
    `Item with id '${id.slice(0, 100)}' not found.`,
    'invalid_request_error',
    'item_not_found',
    'item_id',
  );
