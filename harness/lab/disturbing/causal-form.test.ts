import { expect, test } from '@jest/globals';
import type { HistoryEvent } from '../../history/events.ts';
import type { WorkerFault } from '../../plan/fault.ts';
import type { JsonRecord } from '../../plan/json.ts';
import { parsePlan } from '../../plan/parse-plan.ts';
import { type OperationStep, type Plan, planVersion, type Step } from '../../plan/plan.ts';
import { serializePlan } from '../../plan/serialize-plan.ts';
import { causalForm } from './causal-form.ts';

const kill: WorkerFault = {
  on: 'worker',
  action: 'kill',
  service: 'gateway',
  worker: 2,
  revertAfterMs: 500,
};
const fault: Step = { kind: 'fault', id: 'f1', fault: kill };
const step = (id: string, client = 1): OperationStep => ({
  kind: 'operation',
  id,
  client,
  name: 'stream',
  args: {},
});
const planOf = (...phases: readonly (readonly Step[])[]): Plan => ({
  version: planVersion,
  workload: 'gateway',
  seed: 1,
  clients: 2,
  phases: phases.map((steps) => ({ steps })),
});

/** A history in one word for each event: `>o1` begins, `o1` is answered by the worker with pid 7, `o1@8` by another one. */
function outcome(plan: Plan, words: string, proof: JsonRecord = { pid: 7 }) {
  const events = words.split(' ').map((word, at): HistoryEvent => {
    if (word === 'fired') return { type: 'fault', id: 'f1', at, state: 'fired', fault: kill, proof };
    if (word === 'reverted') return { type: 'fault', id: 'f1', at, state: 'reverted', fault: kill };
    const [name = '', pid = '7'] = word.replace('>', '').split('@');
    const about = { op: `${name}-abc`, client: 1, process: 1, at };
    return word.startsWith('>')
      ? { type: 'invoke', ...about, name: 'stream', does: 'call', key: name }
      : { type: 'ok', ...about, worker: { index: 2, pid: Number(pid) } };
  });
  const header = {
    type: 'header',
    version: 1,
    workload: 'gateway',
    planHash: '',
    subject: '',
    checks: [],
  } as const;
  return { plan, history: { header, events } };
}

/** The fault of the causal form, and the phases' ids; the form is a plan that can be read again. */
function formOf(given: ReturnType<typeof outcome>) {
  const form = causalForm(given);
  if (!form) return undefined;
  expect(parsePlan(serializePlan(form))).toEqual(form);
  const found = form.phases.flatMap(({ steps }) => steps).find((each) => each.kind === 'fault');
  return {
    worker: found?.kind === 'fault' && found.fault.on === 'worker' ? found.fault.worker : undefined,
    when: found?.kind === 'fault' ? found.when : undefined,
    phases: form.phases.map(({ steps }) => steps.map(({ id }) => id).join(' ')),
  };
}

test('a worker that was hit in the middle of a stream is the one that serves it, after as many frames', () => {
  const proof = { pid: 7, serving: ['o1', 'o2'], frames: { o1: 1, o2: 3 } };
  const form = formOf(outcome(planOf([fault, step('o1'), step('o2', 2)]), '>o1 >o2 fired o1 o2', proof));
  expect(form).toMatchObject({ worker: { serves: 'o2' }, when: { operation: 'o2', afterFrames: 3 } });
});

test('one behind the service is found on the link, as soon as the operation arrives there', () => {
  const link = 'gateway>baseline-cli';
  const proof = { pid: 7, serving: ['o1'], frames: { o1: 0 }, link };
  const form = formOf(outcome(planOf([fault, step('o1')]), '>o1 fired o1', proof));
  expect(form?.worker).toEqual({ serves: 'o1', link });
  expect(form?.when).toEqual({ operation: 'o1', atUpstream: 'arrived', link });
  const later = formOf(outcome(planOf([fault, step('o1')]), '>o1 fired o1', { ...proof, frames: { o1: 2 } }));
  expect(later?.when).toEqual({ operation: 'o1', afterFrames: 2 });
});

test('a worker that was idle is hit between what was answered and what was asked next', () => {
  const steps = [fault, step('o1'), step('o2')];
  expect(formOf(outcome(planOf(steps), '>o1 o1 fired >o2 reverted o2'))).toMatchObject({
    worker: { serves: 'o1' },
    when: { after: 'o1', before: 'o2' },
  });
});

test('where it was back before the next operation that one waits for it', () => {
  const form = formOf(outcome(planOf([fault, step('o1'), step('o2')]), '>o1 o1 fired reverted >o2 o2'));
  expect(form?.when).toEqual({ after: 'o1', before: 'o2', settled: true });
});

test('a worker that served nothing so far keeps its number', () => {
  const form = formOf(outcome(planOf([fault, step('o1'), step('o2')]), '>o1 o1@8 fired >o2 o2'));
  expect(form).toMatchObject({ worker: 2, when: { after: 'o1', before: 'o2' } });
});

test('a fault before all operations of its phase gets a phase of its own', () => {
  const form = formOf(outcome(planOf([step('o1')], [fault, step('o2')]), '>o1 o1 fired >o2 o2'));
  expect(form).toEqual({ worker: { serves: 'o1' }, when: undefined, phases: ['o1', 'f1', 'o2'] });
});

test('a fault that is alone in its phase is aimed at whom it hit', () => {
  const form = formOf(outcome(planOf([step('o1')], [fault], [step('o2')]), '>o1 o1 fired >o2 o2'));
  expect(form).toMatchObject({ worker: { serves: 'o1' }, phases: ['o1', 'f1', 'o2'] });
});

test('there is no other form of a fault that did not fire, and of one that has its causal form', () => {
  expect(causalForm(outcome(planOf([fault, step('o1')]), '>o1 o1'))).toBeUndefined();
  const causal: Step = {
    kind: 'fault',
    id: 'f1',
    fault: { ...kill, worker: { serves: 'o1' } },
    when: { operation: 'o1', afterFrames: 1 },
  };
  expect(causalForm(outcome(planOf([causal, step('o1')]), '>o1 fired o1'))).toBeUndefined();
});
