import {
  a,
  b,
  doneAgain,
  doneTwice,
  instead,
  lacking,
  less,
  notDone,
  type Step,
  showing,
} from './fragment.ts';
import type { Subject } from './noise.ts';

/** A mistake: what is done in the middle of everything, or when it is over; then looks of worker 2 may be wrong. */
export interface Planted {
  readonly steps: readonly Step[];
  readonly isLast?: true;
  /** What worker 2 shows in the end. */
  readonly second?: Step['wrong'];
}

type Mistakes = Readonly<Record<string, Planted>>;

const on2 = { worker: 2 };
const x1 = a('write', { value: 'x1' });
const x2 = a('write', { value: 'x2' });
const add = a('add', { value: 'x' });
const append = a('append', { value: 'x' });
const fifty = a('increment', { value: 50 });
const keyed = { value: 50, idempotencyKey: 'again' };

const stale: Mistakes = {
  'stale read on one worker': { steps: [x1, x2, b('read', { ...on2, wrong: instead('x1') })] },
};
const missing: Mistakes = {
  'element missing on one worker': { steps: [add, b('list', { ...on2, wrong: lacking('x') })] },
};
const removed: Mistakes = {
  'removed element back': {
    steps: [add, a('remove', { value: 'x' }), b('list', { ...on2, wrong: showing('x') })],
  },
  'cleared element back': { steps: [add, a('delete'), b('list', { ...on2, wrong: showing('x') })] },
  'added again, not shown': {
    steps: [add, a('remove', { value: 'x' }), add, b('list', { ...on2, wrong: lacking('x') })],
  },
};
const behind: Mistakes = {
  'count behind on one worker': { steps: [fifty, b('count', { ...on2, wrong: less(50) })] },
};
const retriedTwice: Mistakes = {
  'retry counted again': {
    steps: [a('increment', keyed), a('increment', { ...keyed, wrong: doneAgain }), b('count')],
  },
};
const doubleCas: Mistakes = {
  'double cas': {
    steps: [
      x1,
      a('cas', { from: 'x1', value: 'x2', wrong: instead(true) }),
      b('cas', { from: 'x1', value: 'x3', isBeside: true, wrong: instead(true) }),
    ],
  },
};
const lostAppend: Mistakes = { 'lost append': { steps: [{ ...append, wrong: notDone }, b('list')] } };

/** By checker and kind of object: mistakes that it must find. */
export const planted: Readonly<Record<string, Readonly<Partial<Record<Subject, Mistakes>>>>> = {
  'stale-read': {
    register: stale,
    set: { ...missing, ...removed },
    counter: behind,
    sequence: {
      'append missing on one worker': { steps: [append, b('list', { ...on2, wrong: lacking('x') })] },
    },
  },
  'read-your-writes': {
    register: { 'own write missing': { steps: [x1, x2, a('read', { ...on2, wrong: instead('x1') })] } },
    set: {
      'own element missing': { steps: [add, a('list', { ...on2, wrong: lacking('x') })] },
      'own removal undone': {
        steps: [add, a('remove', { value: 'x' }), a('list', { ...on2, wrong: showing('x') })],
      },
    },
    counter: { 'own increment missing': { steps: [fifty, a('count', { ...on2, wrong: less(50) })] } },
    sequence: { 'own append missing': { steps: [append, a('list', { ...on2, wrong: lacking('x') })] } },
  },
  'monotonic-reads': {
    register: {
      'read going back': {
        steps: [x1, x2, b('read', { wrong: instead('x2') }), b('read', { ...on2, wrong: instead('x1') })],
      },
    },
    set: {
      'element gone again': { steps: [add, b('list'), b('list', { ...on2, wrong: lacking('x') })] },
      'element back during one removal': {
        steps: [
          add,
          a('remove', { value: 'x' }),
          b('list', { wrong: showing('x') }),
          b('list', on2),
          b('list', { wrong: showing('x') }),
        ],
      },
    },
    counter: { 'count going back': { steps: [fifty, b('count'), b('count', { ...on2, wrong: less(50) })] } },
    sequence: {
      'append gone again': { steps: [append, b('list'), b('list', { ...on2, wrong: lacking('x') })] },
    },
  },
  'lost-update': {
    register: { 'lost write': { isLast: true, steps: [x1, { ...x2, wrong: notDone }] }, ...doubleCas },
    set: { 'lost element': { steps: [{ ...add, wrong: notDone }] } },
    counter: { 'lost increment': { steps: [{ ...fifty, wrong: notDone }] } },
    sequence: { 'lost append': { steps: [{ ...append, wrong: notDone }] } },
  },
  'duplicate-effect': {
    register: {
      'two results of one request': {
        steps: [
          a('write', { value: 'x1', idempotencyKey: 'again' }),
          a('write', { value: 'x1', idempotencyKey: 'again', wrong: instead('another') }),
        ],
      },
    },
    set: {
      'element twice': {
        steps: [add, b('list', { wrong: { answer: (truth) => [...(truth as readonly string[]), 'x'] } })],
      },
    },
    counter: {
      'increment counted twice': { steps: [{ ...fifty, wrong: doneTwice }, b('count')] },
      ...retriedTwice,
    },
    sequence: { 'append twice': { steps: [{ ...append, wrong: doneTwice }, b('list')] } },
  },
  convergence: {
    register: { 'diverged workers': { isLast: true, steps: [x1, x2], second: instead('x1') } },
    set: { 'diverged workers': { isLast: true, steps: [add], second: lacking('x') } },
    counter: { 'diverged workers': { isLast: true, steps: [fifty], second: less(50) } },
    sequence: { 'diverged workers': { isLast: true, steps: [append], second: lacking('x') } },
  },
  'ordered-append': {
    sequence: {
      ...lostAppend,
      'doubled append': { steps: [{ ...append, wrong: doneTwice }, b('list')] },
      'retry appended again': {
        steps: [
          a('append', { value: 'x', idempotencyKey: 'again' }),
          a('append', { value: 'x', idempotencyKey: 'again', wrong: doneAgain }),
          b('list'),
        ],
      },
      'swapped between two readings': {
        steps: [
          append,
          b('append', { value: 'y', isBeside: true }),
          b('list', { wrong: showing('x', 'y') }),
          b('list', { ...on2, wrong: showing('y', 'x') }),
        ],
      },
      'swapped against time': {
        steps: [append, b('append', { value: 'y' }), a('list', { wrong: showing('y', 'x') })],
      },
      'put before what was there': {
        steps: [
          append,
          b('list', { wrong: showing('x') }),
          b('append', { value: 'y', isLost: true }),
          b('list', { ...on2, wrong: showing('y', 'x') }),
        ],
      },
      'seen and gone': {
        steps: [
          a('append', { value: 'x', isLost: true }),
          b('list'),
          b('list', { ...on2, wrong: lacking('x') }),
        ],
      },
    },
  },
  linearizable: {
    register: {
      ...stale,
      'lost write': { isLast: true, steps: [x1, { ...x2, wrong: notDone }] },
      ...doubleCas,
      'value of a refused cas': {
        steps: [x1, a('cas', { from: 'nothing', value: 'x2' }), b('read', { wrong: instead('x2') })],
      },
    },
    set: { ...missing, ...removed },
    counter: {
      ...behind,
      'increment counted twice': { steps: [{ ...fifty, wrong: doneTwice }] },
      ...retriedTwice,
    },
  },
};
