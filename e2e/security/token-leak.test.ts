import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { canaryOf, leaksIn, newCanary } from '../../harness/suite/security/leaks.ts';
import { logOf, tablesOf, textsOf } from '../../harness/suite/security/places.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import { answers, canaries, leaveForResults, models, noted, plantEverywhere, proof } from './plants.ts';

// Credentials are given wherever a client can give one, to every API, well and badly. Then every place is searched that
// anybody but their owner may read. Each search must find a word that was planted there as an ordinary client's text.

const proofs = [proof];
/** Open WebUI keeps the key of its connection to LiteLLM where its administrator reads and changes it. */
const keptByOwner: Readonly<Record<string, string>> = { 'public.config': 'LITELLM_MASTER_KEY' };
let sql: Sql;

async function allOf(texts: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const text of texts) all += text;
  return all;
}

beforeAll(async () => {
  await needs('api-keys', 'responses', 'responses-websocket', 'messages');
  await needsScriptedProvider('gateway');
  sql = openDatabase();
  await plantEverywhere();
  // The texts by which the searches are tried, in an id and in bytes.
  await noted(`/v1/artifacts?name=${proof.value}`, {
    ...{ method: 'POST', key: `sk-${randomUUID()}`, body: proof.value },
    headers: { 'x-request-id': proof.value, 'content-type': 'text/plain' },
  });
  const remembering = {
    model: models[0],
    messages: [{ role: 'user', content: `My name is ${proof.value}.` }],
  };
  await noted('/v1/chat/completions', {
    ...{ method: 'POST', headers: { 'x-request-id': proof.value } },
    body: { ...remembering, user_id: randomUUID(), enable_memory: true, debug: true },
  });
  const own = { method: 'POST', headers: { 'x-request-id': proof.value } };
  const memory = optionalService('memory')?.url;
  if (memory) await ask('/memories/list', { origin: memory, headers: own.headers });
  await noted('/v1/chat/completions', { ...own, body: { ...remembering, model: models[1], debug: true } });
  leaveForResults();
}, 240_000);
afterAll(() => sql?.end());

test('credentials were given, a good many', () => {
  expect(canaries.length).toBeGreaterThan(30);
  expect(answers.length).toBeGreaterThan(200);
});

// covers 001/token-leak
test('no answer has a credential, whatever its status', () => {
  expect(leaksIn(answers.join('\n'), proofs)).not.toEqual([]);
  expect(leaksIn(answers.join('\n'), canaries)).toEqual([]);
  const statuses = new Set(answers.map((answer) => /\n(\d{3}) /.exec(answer)?.[1]));
  for (const status of ['200', '401', '404', '429']) expect([...statuses]).toContain(status);
});

// covers 001/token-leak
test.each(['gateway', 'baseline-cli', 'baseline-langchain', 'memory'])(
  'the log of %s has no credential, and is one that has what clients sent',
  async (name) => {
    if (optionalService(name) === undefined) service(name);
    const log = await until(
      'the planted text in the log',
      async () => {
        const text = await logOf(name);
        return text !== undefined && leaksIn(text, proofs).length > 0 && text;
      },
      20_000,
    );
    expect(leaksIn(log, canaries)).toEqual([]);
  },
);

// covers 001/token-leak
test.each(['postgres', 'provider', 'scope', 'litellm'])(
  'the log of %s has no credential either',
  async (name) => {
    if (optionalService(name) === undefined) service(name);
    expect(leaksIn((await logOf(name)) ?? '', canaries)).toEqual([]);
  },
);

// covers 001/token-leak
test('no table of any service has a credential; the texts of clients are found, bytes included', async () => {
  const found = new Set<string>();
  for (const [schema, table] of await tablesOf(sql)) {
    const place = `${schema}.${table}`;
    const strange = canaries.filter(({ name }) => keptByOwner[place] !== name);
    for await (const text of textsOf(sql, schema, table)) {
      if (leaksIn(text, proofs).length > 0) found.add(place);
      expect([place, leaksIn(text, strange)]).toEqual([place, []]);
    }
  }
  if (!service('gateway').ours) return;
  const expected = ['gateway.artifacts', 'gateway.responses', 'gateway.debug_runs', 'memory.memories'];
  expect([...found]).toEqual(expect.arrayContaining(expected));
}, 180_000);

// covers 001/token-leak
test('no credential of a client reached the model API', async () => {
  const { status, text } = await ask('/journal', { origin: service('provider').url });
  expect(status).toBe(200);
  expect(leaksIn(text, proofs)).not.toEqual([]);
  expect(leaksIn(text, canaries)).toEqual([]);
});

// covers 001/token-leak
test('no metric names a credential', async () => {
  for (const path of ['/metrics', '/v1/metrics/providers', '/openapi.json', '/health']) {
    const { text } = await ask(path);
    expect(text.length).toBeGreaterThan(0);
    expect([path, leaksIn(text, canaries)]).toEqual([path, []]);
  }
});

test.each([
  [
    'a table',
    async (value: string) => {
      await sql`create table public.leak_tried (note jsonb)`;
      try {
        await sql`insert into public.leak_tried values (${sql.json({ header: `Bearer ${value}` })})`;
        return await allOf(textsOf(sql, 'public', 'leak_tried'));
      } finally {
        await sql`drop table public.leak_tried`;
      }
    },
  ],
  [
    'a table of bytes',
    async (value: string) => {
      await sql`create table public.leak_bytes (note bytea)`;
      try {
        await sql`insert into public.leak_bytes values (${Buffer.from(value)})`;
        return await allOf(textsOf(sql, 'public', 'leak_bytes'));
      } finally {
        await sql`drop table public.leak_bytes`;
      }
    },
  ],
  ['an answer', async (value: string) => (await ask(`/v1/models/${value}`)).text],
  [
    'the journal',
    async (value: string) => {
      const { id, mark } = newOperation();
      const messages = [{ role: 'user', content: `Hi ${value} ${mark}` }];
      await ask('/v1/chat/completions', { method: 'POST', body: { model: models[0], messages } });
      return (await ask(`/journal?op=${id}`, { origin: service('provider').url })).text;
    },
  ],
  [
    'a log',
    async (value: string) => {
      await ask('/v1/models', { headers: { 'x-request-id': Buffer.from(value).toString('base64') } });
      return await until('the line', async () => {
        const log = await logOf('gateway');
        return log !== undefined && leaksIn(log, [canaryOf('planted', value)]).length > 0 && log;
      });
    },
  ],
])('a credential that somebody leaked into %s would be found there', async (_where, leak) => {
  const canary = newCanary('leaked');
  const found = leaksIn(await leak(canary.value), [canary]);
  expect(found.map((each) => each.canary)).toContain('leaked');
});
