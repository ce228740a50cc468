import { expect, test } from '@jest/globals';
import type { WorkerFault } from '../plan/fault.ts';
import type { FaultStep, Trigger } from '../plan/plan.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { ScopeClient } from '../workers/client.ts';
import type { FaultTarget } from './applied-fault.ts';
import { unsupportedStep } from './supported.ts';

const target = (...links: readonly string[]): FaultTarget => ({
  record: { services: {}, links: links.map((name) => ({ name })) } as unknown as StackRecord,
  scope: {} as ScopeClient,
});
const kill = (worker: WorkerFault['worker'], when?: Trigger): FaultStep => ({
  kind: 'fault',
  id: 'f1',
  fault: { on: 'worker', action: 'kill', service: 'agent', worker, revertAfterMs: 500 },
  ...(when ? { when } : {}),
});

test('a causal target behind the subject needs the wire on its link, one at the subject does not', () => {
  const step = kill({ serves: 'o1', link: 'gateway>agent' });
  expect(unsupportedStep(step, target())).toBe('the wire does not stand on "gateway>agent"');
  expect(unsupportedStep(step, target('gateway>agent'))).toBeUndefined();
  expect(unsupportedStep(kill({ serves: 'o1' }), target())).toBeUndefined();
});

test('a fault that fires upon an arrival needs the wire on a link to its service', () => {
  const arrival = kill(1, { operation: 'o1', atUpstream: 'arrived' });
  expect(unsupportedStep(arrival, target('client>gateway'))).toContain('no link to agent');
  expect(unsupportedStep(arrival, target('gateway>agent'))).toBeUndefined();
  const named = kill(1, { operation: 'o1', atUpstream: 'arrived', link: 'other>agent' });
  expect(unsupportedStep(named, target('gateway>agent'))).toBe('the wire does not stand on "other>agent"');
});

test('without a scope no worker can be hit, whatever it serves', () => {
  const { scope: _, ...blind } = target('gateway>agent');
  expect(unsupportedStep(kill({ serves: 'o1' }), blind)).toBe('the stack has no scope');
  expect(unsupportedStep(kill(1), blind)).toBe('the stack has no scope');
});
