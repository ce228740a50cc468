import { expect, test } from '@jest/globals';
import type { ServiceProcess } from './process-table.ts';
import { assignIndexes, findWorkers, identityOf } from './worker-structure.ts';

const process = (pid: number, parent: number, more: Partial<ServiceProcess> = {}): ServiceProcess => ({
  pid,
  parent,
  service: 'gateway',
  startTicks: pid,
  clusterWorker: false,
  ...more,
});
const pids = (workers: readonly ServiceProcess[]) => workers.map(({ pid }) => pid);
const indexOf = (indexes: ReadonlyMap<string, number>, pid: number, startTicks = pid) =>
  indexes.get(identityOf({ pid, startTicks }));

test('the workers of node:cluster are those the primary started, though only the primary listens', () => {
  const clusterWorker = true;
  const processes = [process(10, 1), process(11, 10, { clusterWorker }), process(12, 10, { clusterWorker })];
  const helper = process(13, 10);
  expect(pids(findWorkers([...processes, helper], new Set([10])))).toEqual([11, 12]);
});

test('the workers of a pre-fork server are the children that hold the listening socket', () => {
  const supervisor = process(10, 9);
  const resourceTracker = process(11, 10);
  const processes = [process(9, 1), supervisor, resourceTracker, process(12, 10), process(13, 10)];
  expect(pids(findWorkers(processes, new Set([10, 12, 13])))).toEqual([12, 13]);
});

test('what a worker starts is not a worker, even if it inherits the listening socket', () => {
  const processes = [process(10, 1), process(11, 10), process(12, 10), process(13, 11), process(14, 11)];
  expect(pids(findWorkers(processes, new Set([10, 11, 12, 13])))).toEqual([11, 12]);
});

test('a server of one process is its own worker, whatever it runs beside', () => {
  const shell = process(9, 1);
  expect(pids(findWorkers([shell, process(10, 9), process(11, 10)], new Set([10])))).toEqual([10]);
});

test('processes that share a port without sharing a socket are all workers', () => {
  expect(pids(findWorkers([process(9, 1), process(10, 9), process(11, 9)], new Set([10, 11])))).toEqual([
    10, 11,
  ]);
});

test('where nothing listens there is no worker', () => {
  expect(findWorkers([process(10, 1), process(11, 10)], new Set())).toEqual([]);
});

test('indexes follow the start of the workers', () => {
  const indexes = assignIndexes([process(30, 1), process(10, 1), process(20, 1)], new Map());
  expect([10, 20, 30].map((pid) => indexOf(indexes, pid))).toEqual([1, 2, 3]);
});

test('a respawned worker takes the free index and the others keep theirs', () => {
  const before = assignIndexes([process(10, 1), process(20, 1), process(30, 1)], new Map());
  const after = assignIndexes([process(10, 1), process(30, 1), process(40, 1)], before);
  expect([10, 40, 30].map((pid) => indexOf(after, pid))).toEqual([1, 2, 3]);
});

test('a worker with the pid of a dead one is another worker', () => {
  const before = assignIndexes([process(10, 1), process(20, 1)], new Map());
  const after = assignIndexes([process(10, 1, { startTicks: 99 }), process(20, 1)], before);
  expect(indexOf(after, 10, 99)).toBe(1);
  expect(indexOf(after, 10)).toBeUndefined();
});
