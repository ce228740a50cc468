import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { clientGone } from '../../../kit/http/client-gone.ts';
import { openaiError } from '../../../kit/openai-error.ts';
import type { Item } from '../events/response-event.ts';
import { invalidRequest } from '../request/check.ts';
import type { Responses } from '../responses.ts';
import { type StreamSettings, sendEvents } from './create-route.ts';
import { unchecked } from './json-body.ts';
import { pageOf, pageQuery } from './paging.ts';

const params = Type.Object({ id: Type.String() });
const tags = ['responses'];

interface ById {
  readonly Params: { readonly id: string };
}

/** GET, DELETE, cancel and input items of stored responses. Another tenant's response is not there: 404. */
export function addStoredRoutes(
  scope: FastifyInstance,
  responses: Responses,
  settings: StreamSettings,
): void {
  const retrieve = {
    summary: 'Retrieve a response',
    description:
      'With `stream=true` the events of a background response after `starting_after`, live until its end.',
    tags,
    params,
    querystring: Type.Object({
      stream: Type.Optional(Type.Boolean()),
      starting_after: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  };
  scope.get<ById & { Querystring: Readonly<Record<string, unknown>> }>(
    '/v1/responses/:id',
    { schema: retrieve, ...unchecked },
    async (request, reply) => {
      const { id } = request.params;
      const { tenant } = request.caller;
      const stored = await responses.store.find(tenant, id);
      if (stored === undefined) throw responseNotFound(id);
      const after = startingAfter(request.query.starting_after);
      if (!isTrue(request.query.stream)) return stored.response;
      if (!stored.background) throw notReplayable();
      const events = responses.follow(id, after, clientGone(reply.raw));
      return sendEvents(reply, settings, events);
    },
  );

  scope.delete<ById>(
    '/v1/responses/:id',
    { schema: { summary: 'Delete a response', tags, params }, ...unchecked },
    async (request) => {
      const { id } = request.params;
      if (!(await responses.store.delete(request.caller.tenant, id))) throw responseNotFound(id);
      return { id, object: 'response', deleted: true };
    },
  );

  scope.post<ById>(
    '/v1/responses/:id/cancel',
    { schema: { summary: 'Cancel a background response', tags, params }, ...unchecked },
    async (request) => {
      const { id } = request.params;
      const response = await responses.cancel(request.caller.tenant, id);
      if (response === undefined) throw responseNotFound(id);
      return response;
    },
  );

  scope.get<ById & { Querystring: Readonly<Record<string, unknown>> }>(
    '/v1/responses/:id/input_items',
    {
      schema: { summary: "List a response's own input items", tags, params, querystring: pageQuery },
      ...unchecked,
    },
    async (request) => {
      const { id } = request.params;
      const stored = await responses.store.find(request.caller.tenant, id);
      if (stored === undefined) throw responseNotFound(id);
      return pageOf(stored.input as readonly (Item & { id: string })[], request.query);
    },
  );
}

function startingAfter(value: unknown): number {
  if (value === undefined) return -1;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw invalidRequest(
    "Invalid value for 'starting_after': it must be a sequence number.",
    'invalid_value',
    'starting_after',
  );
}

function isTrue(value: unknown): boolean {
  if (value === undefined || value === 'false' || value === '') return false;
  if (value === 'true') return true;
  throw invalidRequest("Invalid value for 'stream': it must be true or false.", 'invalid_value', 'stream');
}

const responseNotFound = (id: string) =>
  openaiError(
    404,
    `Response with id '${id.slice(0, 100)}' not found.`,
    'invalid_request_error',
    'response_not_found',
    'response_id',
  );

const notReplayable = () =>
  invalidRequest(
    'Only the events of a background response are kept: this one can be retrieved without `stream`.',
    'response_not_streamable',
    'stream',
  );
