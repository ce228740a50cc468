import { expect, test } from '@jest/globals';
import { FaultUnsupported } from '../../faults/applied-fault.ts';
import type { WireClient, WireFaultState } from '../../faults/wire-client.ts';
import type { StreamTarget } from '../../plan/fault.ts';
import type { FaultStep } from '../../plan/plan.ts';
import { WireFaults } from './wire-faults.ts';

const onClientLink = (id: string, target: StreamTarget): FaultStep => ({
  kind: 'fault',
  id,
  fault: {
    on: 'stream',
    through: 'wire',
    link: 'client>gateway',
    target,
    effect: { kind: 'refuse' },
    revertAfterMs: 500,
  },
});

/** A wire on which everything ends as it is told here. */
const wire = (state: WireFaultState, ended: string[] = []) =>
  ({
    arm: async () => undefined,
    end: async (id: string) => {
      ended.push(id);
      return state;
    },
  }) as unknown as WireClient;

const quiet: WireFaultState = { state: 'armed', matched: 0, fired: 0 };

test('an operation that is to be hit on its way from its client goes through the wire, and no other', async () => {
  const faults = new WireFaults(wire(quiet), 'abc');
  await faults.arm([onClientLink('f1', { operation: 'o1' })]);
  expect(faults.meets('o1', 'gateway')).toBe(true);
  expect(faults.meets('o2', 'gateway')).toBe(false);
  expect(faults.meets('o1', 'memory')).toBe(false);
});

test('where a connection is to be hit, all operations of its phase go through the wire', async () => {
  const faults = new WireFaults(wire(quiet), 'abc');
  await faults.arm([onClientLink('f1', { connection: 1 })]);
  expect(faults.meets('o1', 'gateway')).toBe(true);
  await faults.arm([]);
  expect(faults.meets('o2', 'gateway')).toBe(false);
});

test('a fault that nothing met is taken back and has a reason, one that fired a proof', async () => {
  const ended: string[] = [];
  const idle = new WireFaults(wire(quiet, ended), 'abc');
  await idle.arm([onClientLink('f1', { operation: 'o1' })]);
  expect(await idle.end()).toMatchObject([{ reason: 'the wire: nothing met it' }]);
  expect(ended).toEqual(['f1-abc']);
  const busy = new WireFaults(
    wire({ state: 'over', matched: 1, fired: 1, firedAt: 9, connection: 4 }),
    'abc',
  );
  await busy.arm([onClientLink('f1', { operation: 'o1' })]);
  expect(await busy.end()).toMatchObject([{ fired: { proof: { connection: 4 }, at: 9 } }]);
});

test('what the wire refuses is reported with its reason and meets nothing', async () => {
  const refusing = {
    arm: async () => {
      throw new FaultUnsupported('the wire: no such link');
    },
  } as unknown as WireClient;
  const faults = new WireFaults(refusing, 'abc');
  const refused = await faults.arm([onClientLink('f1', { operation: 'o1' })]);
  expect(refused).toMatchObject([{ reason: 'the wire: no such link' }]);
  expect(faults.meets('o1', 'gateway')).toBe(false);
});
