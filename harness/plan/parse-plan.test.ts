import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GauntletError } from '../errors.ts';
import { exampleShape } from './example-shape.ts';
import { linksOf } from './links-of.ts';
import { parsePlan } from './parse-plan.ts';
import { planArbitrary } from './plan-arbitrary.ts';
import { serializePlan } from './serialize-plan.ts';

const operation = { kind: 'operation', id: 'o1', client: 1, name: 'write', args: { key: 'a' } };
const abort = { on: 'client', action: 'abort', operation: 'o1', afterFrames: 2 };
const sever = { on: 'link', action: 'sever', link: 'memory>postgres', revertAfterMs: 500 };
const later = { ...operation, id: 'o2' };
const causal = (fault: object, when?: object) => ({
  kind: 'fault',
  id: 'f',
  fault: { on: 'worker', action: 'kill', service: 'memory', worker: 1, revertAfterMs: 500, ...fault },
  ...(when === undefined ? {} : { when }),
});
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
  ['a link that lags by nothing', plan([{ kind: 'fault', id: 'f', fault: { ...sever, action: 'lag' } }])],
  ['a link that breaks by so much', plan([{ kind: 'fault', id: 'f', fault: { ...sever, delayMs: 5 } }])],
  [
    'a link that breaks once an operation has come to a service',
    plan([
      operation,
      { kind: 'fault', id: 'f', fault: sever, when: { operation: 'o1', atUpstream: 'arrived' } },
    ]),
  ],
  ['a fault of nothing', plan([{ kind: 'fault', id: 'f', fault: { on: 'moon' } }])],
  ['an abort of an operation that is not there', plan([{ kind: 'fault', id: 'f', fault: abort }])],
  ['a client fault with a trigger', plan([operation, { kind: 'fault', id: 'f', fault: abort, when: {} }])],
  [
    'a fault without an end',
    plan([{ kind: 'fault', id: 'f', fault: { on: 'service', action: 'kill', service: 'memory' } }]),
  ],
  [
    'a target that is neither a number nor an operation',
    plan([operation, causal({ worker: { who: 'o1' } })]),
  ],
  [
    'a worker that serves an operation that never was',
    plan([operation, causal({ worker: { serves: 'o9' } })]),
  ],
  ['a trigger on nothing', plan([operation, causal({}, {})])],
  [
    'a trigger on an arrival elsewhere',
    plan([operation, causal({}, { operation: 'o1', atUpstream: 'left' })]),
  ],
  ['a trigger that is two', plan([operation, causal({}, { operation: 'o1', afterFrames: 1, after: 'o1' })])],
  [
    'a gap before an operation that is not there',
    plan([operation, causal({}, { after: 'o1', before: 'o2' })]),
  ],
  ['a gap before itself', plan([operation, causal({}, { after: 'o1', before: 'o1' })])],
  ['a gap that goes back', plan([operation, later, causal({}, { after: 'o2', before: 'o1' })])],
  ['a gap that settles before nothing', plan([operation, causal({}, { after: 'o1', settled: true })])],
])('%s is not a plan', (_, json) => {
  expect(codeOf(json)).toBe('GNT_PLAN_INVALID');
});

test('the refusal names the place', () => {
  expect(() => parsePlan(plan([operation, { ...operation, id: 'o2', client: 'x' }]))).toThrow(
    'phases[0].steps[1].client is not a whole number from 1 to 1',
  );
});

test.each([
  ['the worker that serves an operation', causal({ worker: { serves: 'o1' } })],
  ['that at another service', causal({ worker: { serves: 'o1', link: 'memory>postgres' } })],
  ['after frames', causal({ worker: { serves: 'o1' } }, { operation: 'o1', afterFrames: 3 })],
  ['once it has arrived', causal({}, { operation: 'o1', atUpstream: 'arrived', link: 'a>b' })],
  ['between two operations', causal({}, { after: 'o1', before: 'o2' })],
  ['between two operations, until all is well', causal({}, { after: 'o1', before: 'o2', settled: true })],
])('a causal fault survives the trip through a file: %s', (_, step) => {
  const read = parsePlan(plan([operation, later, step]));
  expect(read.phases[0]?.steps[2]).toEqual(step);
});

test('a worker may be the one that served an operation of a phase before, not of one behind', () => {
  const of = (...phases: readonly (readonly object[])[]) =>
    JSON.stringify({
      version: 1,
      workload: 'w',
      seed: 1,
      clients: 1,
      phases: phases.map((steps) => ({ steps })),
    });
  const step = causal({ worker: { serves: 'o1' } });
  expect(codeOf(of([operation], [step]))).toBeUndefined();
  expect(codeOf(of([step], [operation]))).toBe('GNT_PLAN_INVALID');
});

test('the links that a plan needs are those of its causal targets too', () => {
  const step = causal({ worker: { serves: 'o1', link: 'a>b' } }, { operation: 'o1', atUpstream: 'arrived' });
  expect(linksOf(parsePlan(plan([operation, step])))).toEqual(['a>b']);
});
