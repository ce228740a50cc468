import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Answered, ask } from '../../harness/suite/security/ask.ts';
import { makeKey, revokeKey } from '../../harness/suite/security/keys.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { type Approach, type Ids, nobodys, type Thing, things } from './tenant-things.ts';

let model: string;
beforeAll(async () => {
  await needs('api-keys');
  model = await textModel();
});

/** For event streams of strangers' things, which must not go on anyway. */
const enough = { bytes: 4_096, ms: 5_000 };

function approach(
  { method, path, query, body, headers = {} }: Approach,
  ids: Ids,
  key?: string,
): Promise<Answered> {
  const filled = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ ...ids, model })[name] ?? `no-${name}`);
  return ask(filled(query ? `${path}?${query}` : path), {
    ...{ method, key, headers, enough },
    ...(body === undefined ? {} : { body: filled(JSON.stringify(body)) }),
  });
}

async function made(thing: Thing, key: string) {
  const canary = `canary${randomUUID().replaceAll('-', '')}`;
  const post = async (
    path: string,
    body: object | string,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await ask(path, { method: 'POST', key, body, headers });
    if (answer.status >= 300)
      throw new Error(`POST ${path} was answered with ${answer.status} ${answer.text}`);
    return answer;
  };
  return { canary, ids: await thing.make({ key, model, canary, post }) };
}

describe.each(things)('$name of one tenant', (thing) => {
  test('is there for no other: not with a key of the store, not with any other key, not without one', async () => {
    await needs(thing.feature);
    const owner = await makeKey();
    const stranger = await makeKey();
    const { canary, ids } = await made(thing, owner.key);
    const before = await approach(thing.shows, ids, owner.key);
    expect(before.text).toContain(canary);
    for (const key of [stranger.key, `sk-${randomUUID()}`, undefined]) {
      for (const each of thing.approaches) {
        const { status, text } = await approach(each, ids, key);
        const said = `${each.method} ${each.path} ${each.query ?? ''}: ${status} ${text.slice(0, 200)}`;
        // A gateway that takes known keys alone refuses the others before it looks.
        const refused = each.refused ?? status;
        expect([said, [401, 403, 404, refused].includes(status) && status >= 400]).toEqual([said, true]);
        if (each.refused === undefined)
          expect([said, [401, 403, 404].includes(status)]).toEqual([said, true]);
        // What was asked for may be repeated, in paths and ids; the words inside of it may not.
        const quoted = Object.values(ids).reduce((rest, id) => rest.replaceAll(id, ''), text);
        expect(quoted).not.toContain(canary);
      }
      for (const path of thing.lists ?? []) {
        const { text } = await ask(path, { key });
        for (const id of Object.values(ids)) expect(text).not.toContain(id);
      }
    }
    const after = await approach(thing.shows, ids, owner.key);
    expect([after.status, after.text]).toEqual([before.status, before.text]);
  });

  test('is there for every key of the tenant, and goes on being there when one is revoked', async () => {
    await needs(thing.feature);
    const owner = await makeKey();
    const colleague = await makeKey({ tenant: owner.tenant });
    const { canary, ids } = await made(thing, owner.key);
    expect((await approach(thing.shows, ids, colleague.key)).text).toContain(canary);
    await revokeKey(owner.id);
    expect((await approach(thing.shows, ids, colleague.key)).text).toContain(canary);
    expect((await approach(thing.shows, ids, owner.key)).status).toBe(401);
    for (const path of thing.lists ?? []) {
      const { text } = await ask(path, { key: colleague.key });
      expect(text).toContain(ids.id);
    }
  });
});

test('the same request id of two tenants names two requests, and neither loses its own', async () => {
  await needs('debug');
  const keys = [await makeKey(), await makeKey()];
  const id = `req-${randomUUID()}`;
  const messages = [{ role: 'user', content: 'Hi' }];
  const body = { model: 'baseline-cli-agent', messages, debug: true };
  const times: string[] = [];
  for (const { key } of keys) {
    await ask('/v1/chat/completions', { method: 'POST', key, body, headers: { 'x-request-id': id } });
    const { status, text } = await ask(`/v1/debug/stream/${id}`, { key, enough });
    expect(status).toBe(200);
    times.push(text);
  }
  const again = await ask(`/v1/debug/stream/${id}`, { key: keys[0]?.key, enough });
  expect(again.text).toBe(times[0]);
  expect(times[1]).not.toBe(times[0]);
});

test('every route with an id in its address is among those that strangers have tried', async () => {
  if (!service('gateway').ours) skip('another gateway has routes of its own', 'not_offered');
  const { json } = await ask('/openapi.json');
  const tried = new Set(
    things.flatMap(({ approaches }) => approaches.map(({ method, path }) => `${method} ${path}`)),
  );
  const shape = (route: string) => route.replaceAll(/\{[^}]+\}/g, '{}');
  const triedShapes = new Set([...tried].map(shape));
  const untried = Object.entries(json.paths as Record<string, Record<string, unknown>>).flatMap(
    ([path, methods]) =>
      path.includes('{') && !nobodys.includes(path)
        ? Object.keys(methods)
            .map((method) => `${method.toUpperCase()} ${path}`)
            .filter((route) => !triedShapes.has(shape(route)))
        : [],
  );
  expect(untried).toEqual([]);
});
