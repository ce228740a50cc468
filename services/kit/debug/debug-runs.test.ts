import { expect, test } from '@jest/globals';
import type { Sql } from '../database.ts';
import { createDebugRuns, storable } from './debug-runs.ts';
import type { DebugEvent } from './trace.ts';

const event: DebugEvent = {
  request_id: 'r',
  correlation_id: 'c',
  timestamp: '2026-01-01T00:00:00.000Z',
  type: 'error',
  step: 'respond',
  message: 'broke',
  data: {},
};
const log = { warn: () => undefined };

/** A database that answers each statement as `answer` says, and keeps what it was asked. */
function database(answer: (statement: string) => unknown) {
  const asked: string[] = [];
  const sql = async (parts: TemplateStringsArray) => {
    const statement = parts.join('?').replaceAll(/\s+/g, ' ').trim();
    asked.push(statement);
    return answer(statement) ?? [];
  };
  const begin = async (work: (tx: unknown) => Promise<unknown>) => await work(sql);
  return { asked, sql: Object.assign(sql, { json: (value: unknown) => value, begin }) as unknown as Sql };
}

test('what jsonb refuses is replaced wherever it stands, and nothing else', () => {
  const data = { text: 'a\0b', list: ['\uD800', { deep: '\0' }], path: 'C:\\u0000', count: 3, none: null };
  expect(storable({ ...event, message: 'no\0', data })).toEqual({
    ...event,
    message: 'no\uFFFD',
    data: { text: 'a\uFFFDb', list: ['\uFFFD', { deep: '\uFFFD' }], path: 'C:\\u0000', count: 3, none: null },
  });
});

test('nothing is known under an id with NUL, and the database is not asked', async () => {
  const { asked, sql } = database(() => [{ run: 'x' }]);
  expect(await createDebugRuns(sql, 'c', log).find('a\0')).toBeUndefined();
  expect(asked).toEqual([]);
});

test('a run ends even when its last event cannot be written', async () => {
  const { asked, sql } = database((statement) => {
    if (statement.startsWith('with added')) throw new Error('unsupported Unicode escape sequence');
    return undefined;
  });
  const trace = await createDebugRuns(sql, 'c', log).begin(true, { requestId: 'r', correlationId: 'c' });
  await trace.end('error', 'respond', 'broke');
  expect(asked.at(-1)).toMatch(/^update debug_runs set ended_at/);
});

test('a run keeps no more than 500 events, and its end', async () => {
  const { asked, sql } = database(() => undefined);
  const trace = await createDebugRuns(sql, 'c', log).begin(true, { requestId: 'r', correlationId: 'c' });
  for (let index = 0; index < 600; index += 1) trace.note('more', 'agent', 'again');
  await trace.end('response_complete', 'respond', 'done');
  expect(asked.filter((statement) => statement.startsWith('with added'))).toHaveLength(501);
});
