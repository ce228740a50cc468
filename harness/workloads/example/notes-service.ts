import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as save } from 'node:timers/promises';

interface Note {
  readonly id: string;
  readonly owner: string;
  readonly version: number;
  readonly title: string;
  readonly body: string;
  readonly stars: number;
}
type Given = Partial<Pick<Note, 'title' | 'body' | 'stars'>>;

/** Ways to be careless, each as real services are. */
export type Carelessness =
  | 'other-field'
  | 'deaf-cache'
  | 'page-skips'
  | 'total-per-worker'
  | 'half-batch'
  | 'same-ids'
  | 'any-owner'
  | 'blind-if-match'
  | 'wrong-end'
  | 'made-again'
  | 'key-of-anybody'
  | 'search-of-everybody';

const cap = 20;
const bare = { title: '', body: '', stars: 0 };

/**
 * Notes over HTTP. Every connection is served by one of two workers, which share the notes, newest first, and have counters and a cache
 * of their own.
 */
export function startNotes(port: number, careless = process.env.NOTES_CARELESS as Carelessness | undefined) {
  let notes: readonly Note[] = [];
  const made = new Map<string, Note>();
  const workers = [1, 2].map((index) => ({ index, count: 0, cache: new Map<string, Note>() }));
  type Worker = (typeof workers)[number];
  const served = new Map<Socket, Worker>();
  const of = (owner: string) => notes.filter((note) => note.owner === owner);

  function create(worker: Worker, owner: string, given: Given): Note {
    worker.count += 1;
    const id = careless === 'same-ids' ? `${Date.now()}` : `${worker.index}-${worker.count}`;
    const note: Note = { id, owner, version: 1, ...bare, ...given };
    const kept = careless === 'wrong-end' ? of(owner).slice(-(cap - 1)) : of(owner).slice(0, cap - 1);
    notes = [note, ...notes.filter((each) => each.owner !== owner || kept.includes(each))];
    return note;
  }

  function change(worker: Worker, note: Note, given: Given): Note {
    const base = careless === 'other-field' ? { ...note, ...bare } : note;
    const changed = { ...base, ...given, version: note.version + 1 };
    notes = notes.map((each) => (each === note ? changed : each));
    for (const { cache } of careless === 'deaf-cache' ? [worker] : workers) cache.delete(note.id);
    return changed;
  }

  async function answer(request: IncomingMessage, worker: Worker): Promise<Answer> {
    const { method, url = '/', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const owner = String(headers['x-user']);
    const given = method === 'POST' || method === 'PATCH' ? ((await json(request)) as Given) : {};
    const id = pathname.split('/')[2];
    if (pathname === '/health') return [200, {}];
    if (pathname === '/notes/search') {
      const all = careless === 'search-of-everybody' ? notes : of(owner);
      const found = all.filter(({ title }) => title.includes(searchParams.get('q') ?? ''));
      return [200, { notes: found }];
    }
    if (pathname === '/notes/batch') {
      const [first, ...others] = (given as { notes: readonly Given[] }).notes;
      const begun = first ? [create(worker, owner, first)] : [];
      if (careless === 'half-batch') await save(20);
      return [201, { notes: [...begun, ...others.map((each) => create(worker, owner, each))] }];
    }
    if (id === undefined && method === 'POST') {
      const whose = careless === 'key-of-anybody' ? 'anybody' : owner;
      const key = `${whose} ${headers['idempotency-key']}`;
      const note = (careless === 'made-again' ? undefined : made.get(key)) ?? create(worker, owner, given);
      if (headers['idempotency-key']) made.set(key, note);
      return [201, note];
    }
    if (id === undefined && method === 'GET') {
      const [limit, offset] = [searchParams.get('limit') ?? 50, searchParams.get('offset') ?? 0].map(Number);
      const from = (offset ?? 0) + (careless === 'page-skips' && offset ? 1 : 0);
      const mine = of(owner).filter(
        (note) => careless !== 'total-per-worker' || note.id.startsWith(`${worker.index}-`),
      );
      return [200, { notes: of(owner).slice(from, from + (limit ?? 50)), total: mine.length }];
    }
    if (id === undefined) {
      for (const { cache } of workers) cache.clear();
      notes = notes.filter((each) => each.owner !== owner);
      return [204];
    }
    const cached = careless === 'deaf-cache' && method === 'GET' ? worker.cache.get(id) : undefined;
    const note =
      cached ?? notes.find((each) => each.id === id && (each.owner === owner || careless === 'any-owner'));
    if (!note) return [404, { error: 'no such note' }];
    if (method === 'GET') {
      worker.cache.set(id, note);
      return [200, note];
    }
    const condition = headers['if-match'];
    if (condition && condition !== `"${note.version}"` && careless !== 'blind-if-match') return [412, {}];
    if (method === 'PATCH') return [200, change(worker, note, given)];
    notes = notes.filter((each) => each !== note);
    for (const { cache } of careless === 'deaf-cache' ? [worker] : workers) cache.delete(id);
    return [204];
  }

  return createServer(async (request, response) => {
    const worker = served.get(request.socket) ?? workers[served.size % 2];
    if (worker) served.set(request.socket, worker);
    send(response, await answer(request, worker as Worker));
  }).listen(port, '127.0.0.1');
}

type Answer = readonly [status: number, body?: object];

function send(response: ServerResponse, [status, body]: Answer): void {
  const version = body && 'version' in body ? { etag: `"${body.version}"` } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...version });
  response.end(body && JSON.stringify(body));
}

if (import.meta.main) startNotes(Number(process.env.PORT ?? 8003));
