import { randomUUID } from 'node:crypto';
import type { FeatureName } from '../../harness/suite/offered/feature.ts';
import { type Answered, ask } from '../../harness/suite/security/ask.ts';
import { until } from '../../harness/suite/until.ts';

/** Ids of something that was made, by the names that paths and bodies have for them. */
export type Ids = Readonly<Record<string, string>>;

/** A request that names something by its id. `{name}` in path and body is filled in. */
export interface Approach {
  readonly method: string;
  /** As the description of the API writes it. */
  readonly path: string;
  readonly query?: string;
  readonly body?: object;
  /** The model of the stack is filled in as `{model}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How a stranger is refused, if not with 403 or 404. */
  readonly refused?: number;
}

/** Something that a tenant stores. */
export interface Thing {
  readonly name: string;
  readonly feature: FeatureName;
  /** Makes one that holds the canary, with the key of a tenant. */
  readonly make: (make: Maker) => Promise<Ids>;
  /** The request that shows its owner the canary. */
  readonly shows: Approach;
  /** Every way to it. A new route is one line more here. */
  readonly approaches: readonly Approach[];
  /** Where those who own things are told of all they own. */
  readonly lists?: readonly string[];
}

export interface Maker {
  readonly key: string;
  readonly model: string;
  readonly canary: string;
  /** Asks with the key; throws unless it is answered with success. */
  readonly post: (
    path: string,
    body: object | string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>;
}

const get = (path: string, query?: string): Approach => ({
  method: 'GET',
  path,
  ...(query ? { query } : {}),
});
const remove = (path: string, query?: string): Approach => ({ ...get(path, query), method: 'DELETE' });
const post = (path: string, body: object = {}, refused?: number): Approach => ({
  ...{ method: 'POST', path, body },
  ...(refused === undefined ? {} : { refused }),
});
const respond = (body: object, refused?: number): Approach =>
  post('/v1/responses', { model: '{model}', input: 'Say what is there.', ...body }, refused);

const form = (name: string, content: string) => {
  const boundary = `part-${randomUUID()}`;
  const part = (disposition: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
  const body = `${part('name="purpose"', 'user_data')}${part(`name="file"; filename="${name}"`, content)}--${boundary}--\r\n`;
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
};
const uploaded = async ({ post: send, canary }: Maker): Promise<string> => {
  const { body, headers } = form('notes.txt', `The word is ${canary}.`);
  return (await send('/v1/files', body, headers)).json.id;
};

export const things: readonly Thing[] = [
  {
    name: 'a response',
    feature: 'responses',
    make: async ({ post: send, model, canary }) => ({
      id: (await send('/v1/responses', { model, input: canary })).json.id,
    }),
    shows: get('/v1/responses/{id}/input_items'),
    approaches: [
      get('/v1/responses/{id}'),
      get('/v1/responses/{id}', 'stream=true'),
      get('/v1/responses/{id}/input_items'),
      post('/v1/responses/{id}/cancel'),
      respond({ previous_response_id: '{id}' }, 400),
      respond({ previous_response_id: '{id}', stream: true }, 400),
      remove('/v1/responses/{id}'),
    ],
  },
  {
    name: 'a conversation',
    feature: 'conversations',
    make: async ({ post: send, canary }) => {
      const message = { type: 'message', role: 'user', content: canary };
      const { id } = (await send('/v1/conversations', { items: [message] })).json;
      const more = await send(`/v1/conversations/${id}/items`, { items: [message] });
      return { id, item: more.json.data[0].id };
    },
    shows: get('/v1/conversations/{id}/items'),
    approaches: [
      get('/v1/conversations/{id}'),
      post('/v1/conversations/{id}', { metadata: { mine: 'now' } }),
      get('/v1/conversations/{id}/items'),
      post('/v1/conversations/{id}/items', { items: [{ type: 'message', role: 'user', content: 'Mine.' }] }),
      get('/v1/conversations/{id}/items/{item}'),
      remove('/v1/conversations/{id}/items/{item}'),
      respond({ conversation: '{id}' }),
      remove('/v1/conversations/{id}'),
    ],
  },
  {
    name: 'a file',
    feature: 'responses',
    make: async (maker) => ({ id: await uploaded(maker) }),
    shows: get('/v1/files/{id}/content'),
    approaches: [
      get('/v1/files/{id}'),
      get('/v1/files/{id}/content'),
      respond({ input: [{ role: 'user', content: [{ type: 'input_file', file_id: '{id}' }] }] }),
      remove('/v1/files/{id}'),
    ],
    lists: ['/v1/files'],
  },
  {
    name: 'a vector store',
    feature: 'vector-stores',
    make: async (maker) => {
      const file = await uploaded(maker);
      const { id } = (await maker.post('/v1/vector_stores', { name: maker.canary, file_ids: [file] })).json;
      return { id, file };
    },
    shows: get('/v1/vector_stores/{id}'),
    approaches: [
      get('/v1/vector_stores/{id}'),
      post('/v1/vector_stores/{id}', { name: 'mine now' }),
      get('/v1/vector_stores/{id}/files'),
      post('/v1/vector_stores/{id}/files', { file_id: '{file}' }),
      get('/v1/vector_stores/{id}/files/{file}'),
      remove('/v1/vector_stores/{id}/files/{file}'),
      post('/v1/vector_stores/{id}/search', { query: 'the word' }),
      respond({ tools: [{ type: 'file_search', vector_store_ids: ['{id}'] }] }),
      post('/v1/vector_stores', { name: 'mine', file_ids: ['{file}'] }),
      remove('/v1/vector_stores/{id}'),
    ],
    lists: ['/v1/vector_stores'],
  },
  {
    name: 'an artifact',
    feature: 'artifacts',
    make: async ({ post: send, canary }) => {
      const type = { 'content-type': 'text/plain' };
      return { id: (await send(`/v1/artifacts?name=${canary}`, canary, type)).json.id };
    },
    shows: get('/v1/artifacts/{id}'),
    approaches: [get('/v1/artifacts/{id}'), remove('/v1/artifacts/{id}')],
  },
  {
    name: 'a debugged request',
    feature: 'debug',
    make: async ({ post: send, canary }) => {
      const id = `req-${canary}`;
      const messages = [{ role: 'user', content: 'Hi' }];
      const body = { model: 'baseline-cli-agent', messages, debug: true };
      await send('/v1/chat/completions', body, { 'x-request-id': id });
      return { id, rid: id };
    },
    shows: get('/v1/debug/stream/{id}'),
    approaches: [
      get('/v1/debug/stream/{id}'),
      get('/api/debug/stream/{rid}'),
      get('/api/debug/stream/{rid}', 'baseline=agent-cli'),
    ],
  },
  {
    name: 'a user with memories',
    feature: 'memories',
    make: async ({ key, post: send, canary }) => {
      const user = randomUUID();
      const messages = [{ role: 'user', content: `My name is ${canary}.` }];
      const body = { model: 'baseline-cli-agent', messages, user_id: user, enable_memory: true };
      await send('/v1/chat/completions', body);
      const first = async () => (await ask(`/api/memories?user_id=${user}`, { key })).json?.memories?.[0];
      // Seldom: spec 101 gives a user 60 requests a minute, what remembers in the name of the user among them.
      const memory = await until('something to be remembered', first, 20_000, 500);
      return { id: memory.id, user };
    },
    shows: get('/api/memories', 'user_id={user}'),
    approaches: [
      get('/api/memories', 'user_id={user}'),
      get('/api/memories', 'user_id=00000000-0000-4000-8000-000000000000&user_id={user}'),
      { method: 'PATCH', path: '/api/memories/{id}', body: { user_id: '{user}', caption: 'mine' } },
      remove('/api/memories/{id}', 'user_id={user}'),
      post('/v1/chat/completions', {
        ...{ model: 'baseline-cli-agent', user_id: '{user}', enable_memory: true },
        messages: [{ role: 'user', content: 'What is my name? [[echo=system]]' }],
      }),
      post('/v1/chat/completions/arena', {
        ...{ model: 'baseline-cli-agent', user_id: '{user}', enable_memory: true },
        messages: [{ role: 'user', content: 'What is my name? [[echo=system]]' }],
      }),
      remove('/api/memories/clear', 'user_id={user}'),
    ],
  },
  {
    name: 'a session',
    feature: 'control-plane',
    make: async ({ post: send, canary }) => {
      const id = `session-${randomUUID()}`;
      await send('/message', { session_id: id, message: canary });
      return { id };
    },
    shows: get('/messages', 'session_id={id}'),
    // Its name is free for others: what they write under it makes a session of their own.
    approaches: [
      get('/messages', 'session_id={id}'),
      get('/status', 'session_id={id}'),
      get('/events', 'session_id={id}'),
      post('/message', { session_id: '{id}', message: 'Mine.', capability: 'resume' }),
    ],
  },
  {
    name: 'an agent run',
    feature: 'agents',
    make: async ({ post: send, key, model, canary }) => {
      const { session_id: id } = (await send('/agent/start', { prompt: `Hi [[say=${canary}]]`, model })).json;
      await until('the run to end', async () => {
        const { json } = await ask(`/agent/${id}/status`, { key });
        return json.status === 'completed';
      });
      return { id };
    },
    shows: get('/agent/{id}/messages'),
    approaches: [
      get('/agent/{id}/status'),
      get('/agent/{id}/messages'),
      get('/agent/{id}/logs'),
      post('/agent/{id}/messages', { content: 'Mine.' }),
      post('/agent/{id}/resume'),
      post('/agent/{id}/stop'),
    ],
    lists: ['/agent/runs'],
  },
];

/** Routes with an id in their path that is no tenant's thing. */
export const nobodys: readonly string[] = ['/v1/models/{*}', '/admin/keys/{id}'];
