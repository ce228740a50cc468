import type { JsonRecord } from '../plan/json.ts';
import { resource } from './resource/resource.ts';
import type { Answer } from './workload.ts';

/**
 * The memory service. `note1` and `note2` are memories of one user that are edited, read, recalled and deleted. `facts` is a user whose
 * memories are a set: told one or several at once, listed, paged through, forgotten, cleared. `turns` and `turns2` are users to whom the same few
 * conversations are told again and again: each may be remembered once for either. `brim` is one with nearly as many memories as are kept.
 */
export const memory = resource({
  name: 'memory',
  service: 'memory',
  summary: 'memories told, told again, listed, paged, recalled, edited, forgotten and cleared',
  collection: 'POST /memories/extract',
  item: ['PATCH|DELETE /memories/{id}', 'GET /memories/full?ids={ids}'],
  list: 'GET /memories/list',
  clear: 'DELETE /memories/clear',
  fields: { caption: { kind: 'text' }, full_text: { kind: 'text' } },
  owner: { query: 'user_id', body: 'user_id' },
  items: 'memories',
  order: { by: 'newest-first', promised: true },
  cap: { setting: 'MEMORY_MAX_MEMORIES_PER_USER', default: 100 },
  total: { creation: 'total_user_memories' },
  page: { limit: 'limit', offset: 'offset' },
  everything: { limit: '200' },
  search: { request: 'GET /memories/relevant?prompt=What+did+I+{word}%3F', fields: ['caption'] },
  batch: { request: 'POST /memories/extract', items: 'conversation' },
  idempotencyKey: 'same-body',
  creation: {
    body: (items) => ({
      conversation: items.map(({ caption = '' }) => ({ role: 'user', content: caption })),
    }),
    made: (answer: Answer) => answer.json<{ memories_saved: readonly JsonRecord[] }>().memories_saved,
  },
  links: ['memory>postgres'],
  faults: {
    worker: { services: ['memory'], actions: ['stop', 'kill'] },
    link: { links: ['memory>postgres'], actions: ['lag', 'sever'] },
    revertAfterMs: 500,
  },
  words: {
    search: 'recall',
    'search-all': 'recall-all',
    create: 'tell',
    'create-many': 'tell-many',
    'create-again': 'tell-again',
    remove: 'forget',
    item1: 'note1',
    item2: 'note2',
    all: 'facts',
    again: 'turns',
    again2: 'turns2',
    full: 'brim',
  },
});
