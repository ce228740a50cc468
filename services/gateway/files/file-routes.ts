import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { openaiError } from '../../kit/openai-error.ts';
import { unchecked } from '../responses/routes/json-body.ts';
import { pageOf, pageQuery } from '../responses/routes/paging.ts';
import { newId } from '../responses/run/new-id.ts';
import type { FileStore } from './file-store.ts';
import { JsonUpload, readUpload } from './read-upload.ts';

const params = Type.Object({ id: Type.String() });
const tags = ['files'];

interface ById {
  readonly Params: { readonly id: string };
}

/** Files: upload (a form or JSON, up to the limit of all bodies), list, retrieve, content, delete. */
export function addFileRoutes(scope: FastifyInstance, store: FileStore): void {
  scope.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  const described = (summary: string, more: object = {}) => ({
    schema: { summary, tags, ...more },
    ...unchecked,
  });

  scope.post(
    '/v1/files',
    described('Upload a file', { consumes: ['multipart/form-data', 'application/json'], body: JsonUpload }),
    async (request) => {
      const upload = await readUpload(request.body, request.headers['content-type'] ?? '');
      return store.create(request.caller.tenant, { id: newId('file'), ...upload });
    },
  );
  scope.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/v1/files',
    described('List files', { querystring: pageQuery }),
    async ({ caller, query }) => {
      const purpose = typeof query.purpose === 'string' ? query.purpose.replaceAll('\0', '') : undefined;
      return pageOf(await store.list(caller.tenant, purpose), query);
    },
  );
  scope.get<ById>(
    '/v1/files/:id',
    described('Retrieve a file', { params }),
    async ({ caller, params: { id } }) => {
      const file = await store.find(caller.tenant, id);
      if (file === undefined) throw fileNotFound(id);
      return file;
    },
  );
  scope.get<ById>(
    '/v1/files/:id/content',
    described("Retrieve a file's content", { params }),
    async ({ caller, params: { id } }, reply) => {
      const content = await store.content(caller.tenant, id);
      if (content === undefined) throw fileNotFound(id);
      // Never shown by a browser: it is a client's text, under our origin.
      return reply
        .type('application/octet-stream')
        .header('content-disposition', 'attachment')
        .header('x-content-type-options', 'nosniff')
        .send(content.bytes);
    },
  );
  scope.delete<ById>(
    '/v1/files/:id',
    described('Delete a file', { params }),
    async ({ caller, params: { id } }) => {
      if (!(await store.delete(caller.tenant, id))) throw fileNotFound(id);
      return { id, object: 'file', deleted: true };
    },
  );
}

export const fileNotFound = (id: string) =>
  openaiError(
    404,
    `No such File object: ${id.slice(0, 100)}`,
    'invalid_request_error',
    'file_not_found',
    'id',
  );
