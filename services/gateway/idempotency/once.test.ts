import { expect, test } from '@jest/globals';
import type { ISql } from 'postgres';
import type { WakeUps } from '../../kit/wake-ups.ts';
import { createOnce, type KeyedRequest } from './once.ts';
import type { Answer, Found, IdempotencyRecords, KeyScope } from './records.ts';

const tx = {} as ISql;
const never = new AbortController().signal;
const hi: Answer = { status: 202, body: '{"n":1}' };

interface Row {
  readonly request: string;
  holder: string | undefined;
  answer?: Answer;
}

/** Records in memory; a lease is over when a test says so. */
function memoryRecords() {
  const rows = new Map<string, Row>();
  const wakers = new Set<() => void>();
  const nameOf = ({ tenant, route, key }: KeyScope) => `${tenant} ${route} ${key.toString('hex')}`;
  const news = () => {
    for (const wake of [...wakers]) wake();
  };
  const records: IdempotencyRecords = {
    async take(scope, digest, holder): Promise<Found> {
      const row = rows.get(nameOf(scope));
      const request = digest.toString('hex');
      if (row === undefined) {
        rows.set(nameOf(scope), { request, holder });
        return { state: 'taken' };
      }
      if (row.request !== request) return { state: 'other request' };
      return row.answer ? { state: 'answered', answer: row.answer } : { state: 'under way' };
    },
    async keep(_tx, scope, holder, answer) {
      const row = rows.get(nameOf(scope));
      if (row?.holder !== holder) return false;
      row.answer = answer;
      row.holder = undefined;
      news();
      return true;
    },
    async free(scope, holder) {
      if (rows.get(nameOf(scope))?.holder === holder) rows.delete(nameOf(scope));
      news();
    },
    sweep: async () => undefined,
  };
  const wakeUps: WakeUps = {
    subscribe: () => () => undefined,
    next: (_key, _ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          wakers.delete(wake);
          resolve();
        };
        wakers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      }),
  };
  return { rows, records, wakeUps, news };
}

const asked = (key: string | undefined, body = 'a', more: Partial<KeyedRequest> = {}): KeyedRequest => ({
  tenant: 't',
  route: 'POST /x',
  key,
  digest: Buffer.from(body),
  ...more,
});

test('the first answer is given to every request with the key', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 1_000);
  let acts = 0;
  const act = (request: KeyedRequest) =>
    once(request, never, async (keep) => {
      acts += 1;
      const answer = { status: 202, body: `{"n":${acts}}` };
      await keep(tx, answer);
      return answer;
    });
  expect(await act(asked('k'))).toEqual({ ...hi, isReplay: false });
  expect(await act(asked('k'))).toEqual({ ...hi, isReplay: true });
  expect((await act(asked('k', 'a', { tenant: 'u' }))).body).toBe('{"n":2}');
  expect((await act(asked('k', 'a', { route: 'POST /y' }))).body).toBe('{"n":3}');
  expect((await act(asked(undefined))).body).toBe('{"n":4}');
  expect((await act(asked(undefined))).body).toBe('{"n":5}');
});

test('a key with another body is refused, also while the first request is under way', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 1_000);
  const gate = Promise.withResolvers<void>();
  const first = once(asked('k'), never, async (keep) => {
    await gate.promise;
    await keep(tx, hi);
    return hi;
  });
  const refused = expect.objectContaining({ statusCode: 422, code: 'idempotency_key_reused' });
  const other = () => once(asked('k', 'b'), never, async () => hi);
  await expect(other()).rejects.toEqual(refused);
  gate.resolve();
  await first;
  await expect(other()).rejects.toEqual(refused);
});

test('a duplicate waits for the answer of the request under way', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 10_000);
  const gate = Promise.withResolvers<void>();
  let acts = 0;
  const act = () =>
    once(asked('k'), never, async (keep) => {
      acts += 1;
      await gate.promise;
      await keep(tx, hi);
      return hi;
    });
  const both = [act(), act()];
  await new Promise(setImmediate);
  gate.resolve();
  expect((await Promise.all(both)).map(({ body, isReplay }) => [body, isReplay])).toEqual([
    [hi.body, false],
    [hi.body, true],
  ]);
  expect(acts).toBe(1);
});

test('a duplicate waits no longer than it may', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 0);
  const first = once(asked('k'), never, () => new Promise(() => undefined));
  first.catch(() => undefined);
  await new Promise(setImmediate);
  await expect(once(asked('k'), never, async () => hi)).rejects.toEqual(
    expect.objectContaining({ statusCode: 409, retryAfter: '1' }),
  );
});

test('a duplicate that is hung up on waits no more', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 10_000);
  once(asked('k'), never, () => new Promise(() => undefined)).catch(() => undefined);
  await new Promise(setImmediate);
  const client = new AbortController();
  const waiting = once(asked('k'), client.signal, async () => hi);
  await new Promise(setImmediate);
  client.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

test('a failure is not remembered: the next request with the key acts', async () => {
  const { records, wakeUps } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 1_000);
  await expect(once(asked('k'), never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await once(asked('k'), never, async () => ({ status: 404, body: '' }))).toMatchObject({
    status: 404,
  });
  const again = once(asked('k'), never, async (keep) => {
    await keep(tx, hi);
    return hi;
  });
  expect(await again).toEqual({ ...hi, isReplay: false });
});

test('an attempt that was taken for dead comes to nothing, and answers like the one that took over', async () => {
  const { rows, records, wakeUps, news } = memoryRecords();
  const { once } = createOnce(records, wakeUps, 10_000);
  const gate = Promise.withResolvers<void>();
  let effects = 0;
  const act = (wait: Promise<void>, answer: Answer) =>
    once(asked('k'), never, async (keep) => {
      await wait;
      await keep(tx, answer);
      effects += 1;
      return answer;
    });
  const frozen = act(gate.promise, { status: 202, body: 'frozen' });
  await new Promise(setImmediate);
  rows.clear();
  news();
  expect((await act(Promise.resolve(), hi)).body).toBe(hi.body);
  gate.resolve();
  expect(await frozen).toEqual({ ...hi, isReplay: true });
  expect(effects).toBe(1);
});
