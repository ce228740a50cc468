import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { Fired } from '../../faults/applied-fault.ts';
import type { CarrierQuery, WireClient } from '../../faults/wire-client.ts';
import type { LinkFault, WorkerFault } from '../../plan/fault.ts';
import {
  type FaultStep,
  type OperationStep,
  type Plan,
  planVersion,
  type Step,
  type Trigger,
} from '../../plan/plan.ts';
import { type ScopeClient, ScopeClientError } from '../../workers/client.ts';
import type { LabStack } from '../lab-stack.ts';
import { ProcessFaults } from './process-faults.ts';
import { Serving } from './serving.ts';
import { Triggers } from './triggers.ts';

const link = 'gateway>agent';
const step = (id: string, client = 1): OperationStep => ({
  kind: 'operation',
  id,
  client,
  name: 'ask',
  args: {},
});
const kill = (service: string, worker: WorkerFault['worker'], when?: Trigger): FaultStep => ({
  kind: 'fault',
  id: 'f1',
  fault: { on: 'worker', action: 'kill', service, worker, revertAfterMs: 5 },
  ...(when ? { when } : {}),
});

let close: () => void;
afterEach(() => close());

/** Faults of one phase on a stack whose scope kills what it is told, and whose wire tells of connections as they come. */
function open(steps: readonly Step[], changed: Partial<ScopeClient> = {}) {
  const killed: (string | number)[] = [];
  const told: string[] = [];
  const carriers = new Map<string, number>();
  const proofs: Fired[] = [];
  const workers = [1, 2].map((index) => ({ index, pid: index * 10, startTicks: 1, state: 'running' }));
  const scope = {
    workers: async () => workers,
    stateOf: async () => 'gone',
    ownerOf: async (_: string, port: number) => workers.find(({ pid }) => pid === port),
    kill: async (_: string, worker: string | number) => {
      killed.push(worker);
      told.push('killed');
      return { pid: 10, startTicks: 1, state: 'gone' };
    },
    ...changed,
  } as unknown as ScopeClient;
  const wire = {
    carrier: async ({ operation, not }: CarrierQuery, signal: AbortSignal) => {
      const isNew = (port: number | undefined) => port !== undefined && port !== not;
      while (!isNew(carriers.get(operation)) && !signal.aborted) await delay(1);
      const port = carriers.get(operation);
      return port === undefined ? undefined : { connection: port, address: '127.0.0.1', port };
    },
    disturb: async (id: string, { action }: LinkFault) => void told.push(`${action} ${id}`),
    fired: async () => ({ state: 'active', matched: 1, fired: 1, firedAt: Date.now(), connection: 4 }),
    end: async (id: string) => void told.push(`end ${id}`),
  } as unknown as WireClient;
  const record = { driver: 'process', services: {}, variables: {}, links: [{ name: link }] };
  const stack = { record, scope, wire, links: [link] } as unknown as LabStack;
  const plan: Plan = { version: planVersion, workload: 'w', seed: 0, clients: 2, phases: [{ steps }] };
  const triggers = new Triggers();
  const serving = new Serving(stack, plan, 'gateway', (operation) => `${operation}-abc`);
  const faults = new ProcessFaults({
    stack,
    idOf: ({ id }) => `${id}-abc`,
    triggers,
    serving,
    note: (_, fired) => proofs.push(fired),
    ended: () => told.push('reverted'),
    failed: (_, reason) => told.push(reason),
  });
  serving.watch(steps);
  close = () => serving.close();
  const begin = (id: string) => {
    serving.begun(id);
    triggers.noteFrames(id, 0);
  };
  const end = (id: string) => {
    triggers.noteEnd(id);
    serving.ended(id);
  };
  return { faults, serving, triggers, carriers, killed, told, proofs, begin, end };
}

test('the worker that the client is connected to is hit after the frame, and the proof names what it served', async () => {
  const planned = kill('gateway', { serves: 'o1' }, { operation: 'o1', afterFrames: 2 });
  const { faults, serving, triggers, killed, proofs, begin } = open([planned, step('o1'), step('o2', 2)]);
  const fired = faults.fire(planned);
  begin('o1');
  begin('o2');
  serving.seenByClient('o1', 'gateway', { index: 2, pid: 20 });
  serving.seenByClient('o2', 'gateway', { index: 1, pid: 10 });
  triggers.noteFrames('o1', 1);
  await delay(5);
  expect(killed).toEqual([]);
  triggers.noteFrames('o1', 2);
  await fired;
  expect(killed).toEqual(['p20']);
  expect(proofs[0]?.proof).toMatchObject({ serving: ['o1'], frames: { o1: 2 }, worker: 2 });
});

test('a worker behind the service is found by the connection that carries the operation there', async () => {
  const planned = kill('agent', { serves: 'o1', link }, { operation: 'o1', atUpstream: 'arrived', link });
  const { faults, carriers, killed, proofs, begin } = open([planned, step('o1')]);
  const fired = faults.fire(planned);
  begin('o1');
  await delay(5);
  expect(killed).toEqual([]);
  carriers.set('o1-abc', 20);
  await fired;
  expect(killed).toEqual(['p20']);
  expect(proofs[0]?.proof).toMatchObject({ serving: ['o1'], link, worker: 2 });
});

test('an operation that was sent again is served by the worker that it came to last', async () => {
  const planned = kill('agent', { serves: 'o1', link }, { operation: 'o1', afterFrames: 1 });
  const { faults, serving, triggers, carriers, killed, begin, end } = open([planned, step('o1')]);
  const fired = faults.fire(planned);
  begin('o1');
  carriers.set('o1-abc', 10);
  while (serving.at('agent', 10).length === 0) await delay(1);
  carriers.set('o1-abc', 20);
  while (serving.at('agent', 20).length === 0) await delay(1);
  triggers.noteFrames('o1', 1);
  await fired;
  expect(killed).toEqual(['p20']);
  end('o1');
});

test('an operation that ends before anybody knows who serves it is a reason, not a wait', async () => {
  const planned = kill('agent', { serves: 'o1', link });
  const { faults, killed, told, begin, end } = open([planned, step('o1')]);
  const fired = faults.fire(planned);
  begin('o1');
  end('o1');
  await fired;
  expect(killed).toEqual([]);
  expect(told).toEqual(['it never was known which worker of agent serves o1']);
});

test('between two operations: after the answer to the one, and before the other is sent', async () => {
  const planned = kill('gateway', 1, { after: 'o1', before: 'o2' });
  const { faults, told, begin, end } = open([planned, step('o1'), step('o2')]);
  const fired = faults.fire(planned);
  begin('o1');
  const sent = faults.gate('o2', 2_000).then(() => told.push('sent o2'));
  await faults.gate('o1', 2_000);
  await delay(5);
  expect(told).toEqual([]);
  end('o1');
  await Promise.all([fired, sent]);
  expect(told.slice(0, 2)).toEqual(['killed', 'sent o2']);
});

test('where it says so the other operation also waits until the worker is back', async () => {
  const planned = kill('gateway', 1, { after: 'o1', before: 'o2', settled: true });
  const { faults, told, begin, end } = open([planned, step('o1'), step('o2')]);
  const fired = faults.fire(planned);
  begin('o1');
  const sent = faults.gate('o2', 2_000).then(() => told.push('sent o2'));
  end('o1');
  await Promise.all([fired, sent]);
  expect(told).toEqual(['killed', 'reverted', 'sent o2']);
});

test('an operation waits no longer than its own bound for a fault that never comes', async () => {
  const planned = kill('gateway', 1, { after: 'o1', before: 'o2' });
  const { faults, triggers } = open([planned, step('o1'), step('o2', 2)]);
  const fired = faults.fire(planned);
  const startedAt = performance.now();
  await faults.gate('o2', 40);
  expect(performance.now() - startedAt).toBeGreaterThan(20);
  triggers.cancel();
  await fired;
});

test('a worker that had gone before is a reason, what the scope could not do an error', async () => {
  const refusal = (code: string) => async () => {
    throw new ScopeClientError(500, { code, message: `scope: ${code}`, hint: '' });
  };
  const planned = kill('gateway', 1);
  const gone = open([planned], { kill: refusal('GNT_NO_SUCH_WORKER') });
  await gone.faults.fire(planned);
  expect(gone.told).toEqual(['scope: GNT_NO_SUCH_WORKER']);
  const failed = open([planned], { kill: refusal('GNT_SCOPE_FAILED') });
  await expect(failed.faults.fire(planned)).rejects.toMatchObject({
    code: 'GNT_FAULT_FAILED',
    message: 'The fault f1 (kill gateway) could not be applied or reverted: scope: GNT_SCOPE_FAILED',
  });
});

test('a link is disturbed between what was answered and what is asked next, proven by the wire and taken back', async () => {
  const fault = { on: 'link', action: 'sever', link: 'gateway>postgres', revertAfterMs: 60_000 } as const;
  const planned: FaultStep = { kind: 'fault', id: 'f1', fault, when: { after: 'o1', before: 'o2' } };
  const { faults, told, proofs, begin, end } = open([planned, step('o1'), step('o2')]);
  const fired = faults.fire(planned);
  begin('o1');
  expect(told).toEqual([]);
  end('o1');
  await fired;
  await faults.gate('o2', 1_000);
  expect(told).toEqual(['sever f1-abc']);
  expect(proofs[0]?.proof).toMatchObject({ connection: 4 });
  await faults.revertAll();
  expect(told).toEqual(['sever f1-abc', 'end f1-abc', 'reverted']);
});
