import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../kit/database.ts';
import { beginLease } from './worker-lease.ts';

const leaseMs = 3_000;
const log = { warn: () => undefined } as unknown as FastifyBaseLogger;
let isThere = true;
let statements: string[] = [];
const sql = (async (parts: TemplateStringsArray) => {
  if (!isThere) throw new Error('the database is gone');
  statements.push(parts.join('?').trim().split(/\s+/)[0] ?? '');
  return [];
}) as unknown as Sql;

beforeEach(() => {
  isThere = true;
  statements = [];
  jest.useFakeTimers();
});
afterEach(() => void jest.useRealTimers());

test('leases can be judged once this one has been renewed for as long as one lasts', async () => {
  const lease = await beginLease(sql, log, leaseMs);
  expect(lease.isSteady()).toBe(false);
  await jest.advanceTimersByTimeAsync(leaseMs - 1);
  expect(lease.isSteady()).toBe(false);
  await jest.advanceTimersByTimeAsync(2);
  expect(lease.isSteady()).toBe(true);
  await lease.end();
});

test('after an outage of the database they can’t, until others have had the time to renew theirs', async () => {
  const lease = await beginLease(sql, log, leaseMs);
  await jest.advanceTimersByTimeAsync(2 * leaseMs);
  isThere = false;
  await jest.advanceTimersByTimeAsync(2 * leaseMs);
  expect(lease.isSteady()).toBe(false);
  isThere = true;
  await jest.advanceTimersByTimeAsync(leaseMs);
  expect(lease.isSteady()).toBe(false);
  await jest.advanceTimersByTimeAsync(leaseMs);
  expect(lease.isSteady()).toBe(true);
  await lease.end();
});

test('a lease is given up only when all that it is kept for is settled', async () => {
  const lease = await beginLease(sql, log, leaseMs);
  const settled = Promise.withResolvers<void>();
  lease.keepUntil(() => settled.promise);
  lease.keepUntil(() => Promise.reject(new Error('it broke off')));
  const ended = lease.end();
  await jest.advanceTimersByTimeAsync(2 * leaseMs);
  expect(statements).not.toContain('delete');
  settled.resolve();
  await ended;
  expect(statements.at(-1)).toBe('delete');
});
