import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { exploreSubject } from '../../lab/explore-subject.ts';
import { nextPlan } from '../../lab/next-plan.ts';
import { runPlan } from '../../lab/running/run-plan.ts';
import { openServerLab } from '../../lab/test-lab.ts';
import notes from '../example/notes.ts';

/** Notes of which only a title is kept: made, listed oldest first, and changed; everything else is not found, but for what is told. */
function startSmallNotes({ clearing = false } = {}) {
  let notes: readonly { readonly id: string; readonly title: unknown }[] = [];
  return createServer(async (request, response) => {
    const { method, url = '', headers } = request;
    const owner = String(headers['x-user']);
    const { title } =
      method === 'POST' || method === 'PATCH' ? ((await json(request)) as { title?: unknown }) : {};
    const id = /^\/notes\/([^/?]+)$/.exec(url)?.[1];
    const at = notes.findIndex((note) => note.id === id && id.startsWith(owner));
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (method === 'GET' && url.split('?')[0] === '/notes') {
      answer(200, { notes: notes.filter((note) => note.id.startsWith(owner)) });
    } else if (id === undefined && method === 'POST' && url === '/notes') {
      const note = { id: `${owner}.${notes.length}`, title };
      notes = [...notes, note];
      answer(201, note);
    } else if (at >= 0 && method === 'PATCH') {
      notes = notes.map((note, place) => (place === at ? { ...note, title: title ?? note.title } : note));
      answer(200, {});
    } else if (clearing && method === 'DELETE' && url === '/notes') answer(204, {});
    else answer(404, {});
  }).listen(0, '127.0.0.1');
}

test('an acknowledged clearing that clears nothing is there, and is judged', async () => {
  const { lab, close } = await openServerLab(notes, startSmallNotes({ clearing: true }));
  try {
    expect((await exploreSubject(lab)).join('\n')).not.toContain('clearing');
    const found = new Set<string>();
    for (let path = 0; path < 40 && found.size === 0; path += 1) {
      const plan = nextPlan(notes, lab.stack, 3, path);
      if (JSON.stringify(plan).includes('again')) continue;
      const { judgement } = await runPlan(lab, plan);
      for (const { checker, verdict } of judgement.verdicts) if (verdict === 'invalid') found.add(checker);
    }
    expect([...found].length).toBeGreaterThan(0);
  } finally {
    close();
  }
}, 20_000);

test('what a smaller subject lacks is found out once, left out with a line each, and nothing of it is judged', async () => {
  const { lab, close } = await openServerLab(notes, startSmallNotes());
  try {
    const lacks = (await exploreSubject(lab)).join('\n');
    for (const what of ['single items', 'pages', 'a total of lists', 'searches', 'clearing', 'deletions'])
      expect(lacks).toContain(`does not offer ${what}`);
    for (const what of [
      'newest-first',
      '"body" in lists',
      'changes of "stars"',
      'several items in one request',
    ])
      expect(lacks).toContain(what);
    expect(lacks).not.toContain('"title"');
    const names = notes.shape(lab.stack).operations.map(({ name }) => name);
    expect(names).toEqual(['edit', 'read', 'find', 'intrude', 'create', 'list', 'create-again']);
    const judged = new Set<string>();
    for (let path = 0; path < 20; path += 1) {
      const plan = nextPlan(notes, lab.stack, 3, path);
      // It does not know of idempotency keys, which is a fault and not a lack.
      if (JSON.stringify(plan).includes('again')) continue;
      const { judgement } = await runPlan(lab, plan);
      expect(judgement.verdicts.filter(({ verdict }) => verdict === 'invalid')).toEqual([]);
      for (const { checker, verdict } of judgement.verdicts) if (verdict === 'valid') judged.add(checker);
    }
    expect([...judged]).toEqual(expect.arrayContaining(['stale-read', 'linearizable', 'item-life']));
    expect([...judged]).not.toEqual(expect.arrayContaining(['totals']));
  } finally {
    close();
  }
}, 20_000);

test('a subject that cannot so much as make an item says what it answered', async () => {
  const server = createServer((_, response) => response.writeHead(503).end('come back later')).listen(
    0,
    '127.0.0.1',
  );
  const { lab, close } = await openServerLab(notes, server);
  await expect(exploreSubject(lab)).rejects.toThrow('POST /notes: 503 come back later');
  close();
});
