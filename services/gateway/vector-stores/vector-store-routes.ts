import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Type } from 'typebox';
import { clientGone } from '../../kit/http/client-gone.ts';
import { openaiError } from '../../kit/openai-error.ts';
import { fileNotFound } from '../files/file-routes.ts';
import type { FileStore } from '../files/file-store.ts';
import { check } from '../responses/request/check.ts';
import { refuseDeepNesting } from '../responses/request/nesting.ts';
import { unchecked } from '../responses/routes/json-body.ts';
import { pageOf, pageQuery } from '../responses/routes/paging.ts';
import { newId } from '../responses/run/new-id.ts';
import type { FileToIndex } from './index-file.ts';
import type { Search } from './search.ts';
import { AttachBody, CreateBody, SearchBody, UpdateBody } from './vector-store-schema.ts';
import type { VectorStore, VectorStoreFile, VectorStores } from './vector-store-store.ts';

export interface VectorStoreServices {
  readonly stores: VectorStores;
  readonly files: FileStore;
  readonly index: (file: FileToIndex, signal: AbortSignal) => Promise<void>;
  readonly search: Search;
}

const params = Type.Object({ id: Type.String() });
const tags = ['vector stores'];

interface ById {
  readonly Params: { readonly id: string };
}
interface ByFile {
  readonly Params: { readonly id: string; readonly file: string };
}
interface Listing extends ById {
  readonly Querystring: Readonly<Record<string, unknown>>;
}

/** Vector stores, their files and searches in them. A file is searchable when the answer to its attachment is there. */
export function addVectorStoreRoutes(scope: FastifyInstance, services: VectorStoreServices): void {
  const { stores, files, index, search } = services;
  const described = (summary: string, more: object = {}) => ({
    schema: { summary, tags, ...more },
    ...unchecked,
  });
  const found = async ({ caller, params: { id } }: FastifyRequest<ById>): Promise<VectorStore> => {
    const store = await stores.find(caller.tenant, id);
    if (store === undefined) throw vectorStoreNotFound(id);
    return store;
  };
  const attach = async (
    tenant: string,
    store: string,
    file: string,
    more: Partial<FileToIndex>,
    signal: AbortSignal,
  ) => {
    const content = await files.content(tenant, file);
    if (content === undefined) throw fileNotFound(file);
    await index({ store, file, bytes: content.bytes, attributes: {}, ...more }, signal);
  };
  const fileOf = async (store: string, id: string): Promise<VectorStoreFile> => {
    const file = (await stores.files(store)).find((one) => one.id === id);
    if (file === undefined) throw fileNotFound(id);
    return file;
  };

  scope.post(
    '/v1/vector_stores',
    described('Create a vector store', { body: CreateBody }),
    async (request, reply) => {
      const { tenant } = request.caller;
      const {
        name = null,
        description = null,
        metadata,
        file_ids: ids,
      } = read(CreateBody, request.body ?? {});
      const { id } = await stores.create(tenant, newId('vs'), {
        name,
        description,
        metadata: metadata ?? {},
      });
      for (const file of ids ?? []) await attach(tenant, id, file, {}, clientGone(reply.raw));
      return stores.find(tenant, id);
    },
  );
  scope.get<Listing>(
    '/v1/vector_stores',
    described('List vector stores', { querystring: pageQuery }),
    async (request) => pageOf(await stores.list(request.caller.tenant), request.query),
  );
  scope.get<ById>('/v1/vector_stores/:id', described('Retrieve a vector store', { params }), found);
  scope.post<ById>(
    '/v1/vector_stores/:id',
    described('Change a vector store', { params, body: UpdateBody }),
    async (request) => {
      const { id } = await found(request);
      const { name, description, metadata } = read(UpdateBody, request.body ?? {});
      const given = Object.entries({ name, description, metadata }).filter(([, value]) => value != null);
      return stores.update(request.caller.tenant, id, Object.fromEntries(given));
    },
  );
  scope.delete<ById>(
    '/v1/vector_stores/:id',
    described('Delete a vector store', { params }),
    async (request) => {
      const { id } = request.params;
      if (!(await stores.delete(request.caller.tenant, id))) throw vectorStoreNotFound(id);
      return { id, object: 'vector_store.deleted', deleted: true };
    },
  );

  scope.post<ById>(
    '/v1/vector_stores/:id/files',
    described('Attach a file', { params, body: AttachBody }),
    async (request, reply) => {
      const { id } = await found(request);
      const { file_id: file, attributes } = read(AttachBody, request.body);
      await attach(request.caller.tenant, id, file, { attributes: attributes ?? {} }, clientGone(reply.raw));
      return fileOf(id, file);
    },
  );
  scope.get<Listing>(
    '/v1/vector_stores/:id/files',
    described('List files', { params, querystring: pageQuery }),
    async (request) => pageOf(await stores.files((await found(request)).id), request.query),
  );
  scope.get<ByFile>(
    '/v1/vector_stores/:id/files/:file',
    described('Retrieve a file', { params }),
    async (request) => fileOf((await found(request)).id, request.params.file),
  );
  scope.delete<ByFile>(
    '/v1/vector_stores/:id/files/:file',
    described('Detach a file', { params }),
    async (request) => {
      const { id } = await found(request);
      const { file } = request.params;
      if (!(await stores.removeFile(id, file))) throw fileNotFound(file);
      return { id: file, object: 'vector_store.file.deleted', deleted: true };
    },
  );
  scope.post<ById>(
    '/v1/vector_stores/:id/search',
    described('Search', { params, body: SearchBody }),
    async (request, reply) => {
      const { id } = await found(request);
      const body = read(SearchBody, request.body);
      const queries = [body.query].flat();
      const results = await search(
        {
          stores: [id],
          query: queries.join('\n'),
          maxResults: body.max_num_results ?? 10,
          minScore: body.ranking_options?.score_threshold ?? 0,
          filters: body.filters,
        },
        clientGone(reply.raw),
      );
      return {
        object: 'vector_store.search_results.page',
        search_query: queries,
        data: results.map(({ text, ...result }) => ({ ...result, content: [{ type: 'text', text }] })),
        has_more: false,
        next_page: null,
      };
    },
  );
}

function read<T extends TSchema>(schema: T, body: unknown): Static<T> {
  refuseDeepNesting(body);
  return check(schema, body, '');
}

export const vectorStoreNotFound = (id: string) =>
  openaiError(
    404,
    `Vector store with id '${id.slice(0, 100)}' not found.`,
    'invalid_request_error',
    'vector_store_not_found',
    'vector_store_id',
  );
