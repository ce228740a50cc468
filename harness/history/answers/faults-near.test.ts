import { expect, test } from '@jest/globals';
import type { Fault } from '../../plan/fault.ts';
import type { FaultEvent, History } from '../events.ts';
import { Recording } from '../simulation/recording.ts';
import { timelineOf } from '../timeline.ts';
import { faultsNear } from './faults-near.ts';

/** One operation from 1,001 to 1,002, and a fault that is noted afterwards. */
function disturbedBy(fault: Fault, at: number): boolean | undefined {
  const { history } = new Recording().ok(1, 'call');
  const fired: FaultEvent = { type: 'fault', id: 'f1', at, state: 'fired', fault };
  const whole: History = { ...history, events: [...history.events, fired] };
  const [operation] = timelineOf(whole).operations;
  return operation && faultsNear(whole).disturbed(operation);
}

test('a kill that is noted when its process is gone was felt before', () => {
  const kill: Fault = { on: 'worker', action: 'kill', service: 's', worker: 1, revertAfterMs: 500 };
  expect(disturbedBy(kill, 2_400)).toBe(true);
  expect(disturbedBy(kill, 2_600)).toBe(false);
});

test('a fault of a stream is felt from its operation on, whenever it was noted', () => {
  const cutOf = (operation: string): Fault => ({
    on: 'stream',
    through: 'provider',
    target: { operation },
    effect: { kind: 'cut', afterFrames: 1, by: 'fin' },
    revertAfterMs: 500,
  });
  expect(disturbedBy(cutOf('o1'), 9_000)).toBe(true);
});
