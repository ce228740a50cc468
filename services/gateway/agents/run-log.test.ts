import { expect, test } from '@jest/globals';
import type { Sql } from '../../kit/database.ts';
import type { LoggedEvent } from '../event-log/event-log.ts';
import { followRun, type RunLog } from './run-log.ts';

const id = `sess_${'0'.repeat(32)}`;
const status = (at: number, value: string): LoggedEvent => ({
  id: at,
  type: 'status',
  data: JSON.stringify({ type: 'status', status: value }),
});
const output = (at: number): LoggedEvent => ({
  id: at,
  type: 'output',
  data: JSON.stringify({ type: 'output', text: `${at}` }),
});

/** A run whose status is what `statusAt` says when it is looked at for the n-th time, and the events of its log. */
function runOf(statusAt: (look: number) => string | undefined, events: readonly LoggedEvent[]) {
  let looks = 0;
  const sql = (async () => {
    const now = statusAt(looks++);
    return now === undefined ? [] : [{ id, status: now }];
  }) as unknown as Sql;
  const log = {
    lastId: async () => events.at(-1)?.id,
    async *follow(_stream: string, after: number) {
      yield* events.filter((event) => event.id > after || event.type === 'reset');
    },
  } as unknown as RunLog;
  return async (after = 0) => {
    const lines: string[] = [];
    const followed = followRun({ sql, log }, 'tenant', id, after, new AbortController().signal);
    for await (const line of followed) {
      const { type, status: said } = JSON.parse(line.data);
      lines.push([line.id ?? '-', type, said].filter((one) => one !== undefined).join(' '));
    }
    return lines;
  };
}

test('a log begins with how the run is, and ends when the run has and all is told', async () => {
  const read = runOf(
    (look) => (look < 2 ? 'running' : 'completed'),
    [status(1, 'running'), output(2), status(3, 'completed')],
  );
  expect(await read()).toEqual([
    ...['- connected running', '1 status running', '2 output', '3 status completed', '- end completed'],
  ]);
});

test('the end of an earlier attempt is not the end of the log', async () => {
  const events = [status(1, 'running'), status(2, 'stopped'), status(3, 'running'), status(4, 'completed')];
  const read = runOf(() => 'completed', events);
  expect((await read()).filter((line) => line.includes('end'))).toEqual(['- end completed']);
  expect(await read()).toHaveLength(6);
});

test('a client that has everything is told the end at once', async () => {
  const read = runOf(() => 'failed', [status(1, 'running'), status(2, 'failed')]);
  expect(await read(2)).toEqual(['- connected failed', '- end failed']);
});

test('a log that breaks off has no end', async () => {
  const read = runOf(() => 'running', [status(1, 'running'), output(2)]);
  expect(await read()).toEqual(['- connected running', '1 status running', '2 output']);
});

test('a client that has everything of a run under way is told no end', async () => {
  const read = runOf(() => 'running', [status(1, 'running'), output(2)]);
  expect(await read(2)).toEqual(['- connected running']);
});

test('a run that is not there has no log', async () => {
  await expect(runOf(() => undefined, [])()).rejects.toMatchObject({ statusCode: 404 });
});
