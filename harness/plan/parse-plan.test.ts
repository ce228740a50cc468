import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GauntletError } from '../errors.ts';
import { exampleShape } from './example-shape.ts';
import { parsePlan } from './parse-plan.ts';
import { planArbitrary } from './plan-arbitrary.ts';
import { serializePlan } from './serialize-plan.ts';

const operation = { kind: 'operation', id: 'o1', client: 1, name: 'write', args: { key: 'a' } };
const abort = { on: 'client', action: 'abort', operation: 'o1', afterFrames: 2 };
const plan = (steps: readonly unknown[], other: object = {}) =>
  JSON.stringify({ version: 1, workload: 'w', seed: 1, clients: 1, phases: [{ steps }], ...other });

function codeOf(json: string): string | undefined {
  try {
    parsePlan(json);
    return undefined;
  } catch (error) {
    return error instanceof GauntletError ? error.code : String(error);
  }
}

test('every plan survives the trip through a file, and gives the same text again', () => {
  fc.assert(
    fc.property(planArbitrary(exampleShape), (made) => {
      const text = serializePlan(made);
      const read = parsePlan(text);
      expect(read).toEqual(made);
      expect(serializePlan(read)).toBe(text);
    }),
  );
});

test('the text does not depend on the order in which a plan was put together', () => {
  const read = parsePlan(plan([operation]));
  const turned = Object.fromEntries(Object.entries(read).reverse()) as unknown as typeof read;
  expect(Object.keys(turned)[0]).not.toBe(Object.keys(read)[0]);
  expect(serializePlan(turned)).toBe(serializePlan(read));
});

test('a plan of another version is refused as such', () => {
  expect(codeOf(plan([], { version: 2 }))).toBe('GNT_PLAN_VERSION');
});

test.each([
  ['torn text', '{"version":1'],
  ['no object', '[]'],
  ['no version', '{}'],
  ['no phases', plan([], { phases: undefined })],
  ['a field that nobody knows', plan([], { extra: 1 })],
  ['a client that is not there', plan([{ ...operation, client: 2 }])],
  ['a worker 0', plan([{ ...operation, worker: 0 }])],
  ['arguments that are no object', plan([{ ...operation, args: [] }])],
  ['one id twice', plan([operation, operation])],
  ['a fault of nothing', plan([{ kind: 'fault', id: 'f', fault: { on: 'moon' } }])],
  ['an abort of an operation that is not there', plan([{ kind: 'fault', id: 'f', fault: abort }])],
  ['a client fault with a trigger', plan([operation, { kind: 'fault', id: 'f', fault: abort, when: {} }])],
  [
    'a fault without an end',
    plan([{ kind: 'fault', id: 'f', fault: { on: 'service', action: 'kill', service: 'memory' } }]),
  ],
])('%s is not a plan', (_, json) => {
  expect(codeOf(json)).toBe('GNT_PLAN_INVALID');
});

test('the refusal names the place', () => {
  expect(() => parsePlan(plan([operation, { ...operation, id: 'o2', client: 'x' }]))).toThrow(
    'phases[0].steps[1].client is not a whole number from 1 to 1',
  );
});
