import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { service } from '../../harness/suite/stack.ts';
import { callsUntil, countsOf, probed, traced } from './hook-calls.ts';

let sql: Sql;

beforeAll(() => {
  service(probed);
  sql = openDatabase();
});
afterAll(() => sql?.end());

// covers 000/litellm-callback
test('what a hook adds to a request reaches the provider, before the messages of the client', async () => {
  const edited = await traced({ probe: 'edit', say: 'softly' });
  const [entry, ...more] = await journalOf(edited.id);
  expect(more).toEqual([]);
  expect(entry?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(entry?.messages[0]?.text).toBe('The probe was here.');
});

// covers 000/litellm-callback
// covers 000/upstream-streaming
test('what hooks make of an answer is what the client reads, each on top of the one before, streamed or not', async () => {
  const [whole, streamed] = await Promise.all([
    traced({ probe: 'edit', say: 'softly' }),
    traced({ probe: 'edit', say: 'softly spoken words' }, { streamed: true }),
  ]);
  expect(whole.text).toBe('SOFTLY (seen)');
  expect(streamed.text).toBe('SOFTLY SPOKEN WORDS');
  expect(streamed.stream.data.at(-1)).toBe('[DONE]');
  expect((await journalOf(whole.id))[0]?.answerText).toBe('softly');
  const calls = await callsUntil(sql, [whole.id], 'post_success');
  const seen = calls
    .filter(({ hook }) => hook === 'post_success')
    .map(({ probe, detail }) => [probe, detail]);
  expect(seen).toEqual(
    expect.arrayContaining([
      ['first', 'softly'],
      ['second', 'SOFTLY'],
    ]),
  );
});

// covers 000/litellm-callback
test('a text in place of a request is the message of a client error, asked for a stream or not', async () => {
  const [whole, streamed] = await Promise.all([
    traced({ probe: 'say' }),
    traced({ probe: 'say' }, { streamed: true }),
  ]);
  for (const { id, status, error, stream } of [whole, streamed]) {
    expect([status, error]).toEqual([400, 'The probe answers by itself.']);
    expect(stream.contentType).toMatch(/^application\/json/);
    expect(await journalOf(id)).toEqual([]);
  }
});

// covers 000/litellm-callback
test('an HTTP error of a hook has its status and its words, any other is a server error', async () => {
  const [refused, crashed] = await Promise.all([traced({ probe: 'refuse' }), traced({ probe: 'crash' })]);
  expect([refused.status, refused.error]).toEqual([422, 'The probe refuses this request.']);
  expect(crashed.status).toBe(500);
  expect(crashed.error).not.toContain('Traceback');
  const calls = await callsUntil(sql, [refused.id, crashed.id], 'post_failure');
  for (const { id } of [refused, crashed]) {
    expect(await journalOf(id)).toEqual([]);
    const own = calls.filter(({ op }) => op === id);
    expect(countsOf(own, 'second', ['pre_call', 'post_failure'])).toEqual({ pre_call: 0, post_failure: 1 });
  }
});

// covers 000/litellm-callback
test('an objection beside the call is what the client gets in place of the answer, before any of a stream', async () => {
  const [whole, streamed] = await Promise.all([
    traced({ probe: 'moderate' }),
    traced({ probe: 'moderate' }, { streamed: true }),
  ]);
  for (const { status, error, text } of [whole, streamed])
    expect([status, error, text]).toEqual([451, 'The probe objects to this request.', '']);
});

// covers 000/litellm-callback
test('an answer that a hook withholds is an error to the client and a failure to the callbacks', async () => {
  const withheld = await traced({ probe: 'withhold', say: 'a secret' });
  expect([withheld.status, withheld.error]).toEqual([409, 'The probe withholds this answer.']);
  expect(withheld.stream.body).not.toContain('a secret');
  const calls = await callsUntil(sql, [withheld.id], 'async_log_failure');
  const counted = ['async_log_success', 'async_log_failure'] as const;
  for (const probe of ['first', 'second'] as const)
    expect(countsOf(calls, probe, counted)).toEqual({ async_log_success: 0, async_log_failure: 1 });
});

// covers 000/upstream-streaming
test('a stream that a hook breaks off has no end that could be taken for one', async () => {
  const broken = await traced({ probe: 'break', tokens: 12 }, { streamed: true });
  expect(broken.text).not.toContain('w12');
  expect(broken.stream.data).not.toContain('[DONE]');
  expect(broken.error !== '' || !broken.stream.endedCleanly).toBe(true);
});

// covers 000/litellm-callback
test('a hook can put another error in the place of the one of the provider', async () => {
  const translated = await traced({ probe: 'translate', status: 503 });
  expect([translated.status, translated.error]).toEqual([424, 'The probe translated this error.']);
});
