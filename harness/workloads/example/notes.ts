import { resource } from '../resource/resource.ts';

/** The resource of docs/write-a-workload.md: notes with three fields. */
export default resource({
  name: 'notes',
  service: 'memory',
  summary: 'notes made, changed, listed, searched and deleted',
  collection: 'POST /notes',
  item: 'GET|PATCH|DELETE /notes/{id}',
  list: 'GET /notes',
  clear: 'DELETE /notes',
  fields: {
    title: { kind: 'text' },
    body: { kind: 'text', default: '' },
    stars: { kind: 'number', default: 0 },
  },
  owner: { header: 'x-user' },
  items: 'notes',
  order: { by: 'newest-first' },
  cap: 20,
  total: { list: 'total' },
  page: { limit: 'limit', offset: 'offset' },
  search: { request: 'GET /notes/search?q={word}', fields: ['title', 'body'] },
  batch: { request: 'POST /notes/batch', items: 'notes' },
  idempotencyKey: 'idempotency-key',
  etag: true,
});
