import { beforeAll, expect, test } from '@jest/globals';
import { journalOf } from '../../harness/suite/journal.ts';
import { service } from '../../harness/suite/stack.ts';
import { probed, type Traced, traced } from './hook-calls.ts';

/** What the client gets for each status of the provider: once refused, or given up after two retries. */
const table = [
  { status: 400, becomes: 400, attempts: 1 },
  { status: 401, becomes: 401, attempts: 3 },
  { status: 403, becomes: 403, attempts: 3 },
  { status: 404, becomes: 404, attempts: 1 },
  { status: 408, becomes: 408, attempts: 3 },
  { status: 429, becomes: 429, attempts: 3 },
  { status: 500, becomes: 500, attempts: 3 },
  { status: 502, becomes: 502, attempts: 3 },
  { status: 503, becomes: 503, attempts: 3 },
  { status: 529, becomes: 529, attempts: 3 },
] as const;

let seen: readonly { readonly whole: Traced; readonly streamed: Traced }[];

beforeAll(async () => {
  service(probed);
  seen = await Promise.all(
    table.map(async ({ status }) => {
      const [whole, streamed] = await Promise.all([
        traced({ status }),
        traced({ status }, { streamed: true }),
      ]);
      return { whole, streamed };
    }),
  );
});

test('each error of the provider is an error of its kind, never a stream that begins well', () => {
  const statuses = seen.map(({ whole, streamed }, at) => ({
    of: table[at]?.status,
    whole: whole.status,
    streamed: streamed.status,
  }));
  expect(statuses).toEqual(
    table.map(({ status, becomes }) => ({ of: status, whole: becomes, streamed: becomes })),
  );
  for (const { streamed } of seen) expect(streamed.stream.data).toEqual([]);
});

test('what can be tried again is tried twice more, and nothing else is', async () => {
  const attempts = await Promise.all(seen.map(async ({ whole }) => (await journalOf(whole.id)).length));
  expect(attempts).toEqual(table.map(({ attempts: expected }) => expected));
});

test('every error has the shape of OpenAI and says what the provider said', () => {
  for (const { whole } of seen) {
    const { error } = JSON.parse(whole.stream.body) as { error: Record<string, unknown> };
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'type', 'param', 'code']));
    expect(error.message).toContain('asked for status');
    expect(whole.stream.body).not.toContain('Traceback');
  }
});

// LiteLLM 1.106.2 with drop_params asks twice and forgets the error (issue 32221): the client reads 200 and `null`.
test.failing('FINDING: a 422 of the provider is an error to the client', async () => {
  const { status, stream } = await traced({ status: 422 });
  expect(stream.body).not.toBe('null');
  expect(status).toBeGreaterThanOrEqual(400);
});
