import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamSeen } from '../events.ts';
import { callOf, Recording, streamOf } from '../simulation/recording.ts';
import { streamOrder } from './stream-order.ts';

const expectation = { expect: 'one two three' };
const judged = (stream: StreamSeen, type: 'ok' | 'unknown' = 'ok') => {
  const recording = new Recording();
  recording.begin(1, 'call', expectation)(type, { stream });
  return streamOrder.check(recording.history);
};

test('a whole answer with one end is in order', () => {
  expect(judged(streamOf(['one ', 'two ', 'three']))).toEqual({
    checker: 'stream-order',
    verdict: 'valid',
    counted: 1,
  });
});

test('a beginning is in order where the stream was lost or ended with an error', () => {
  expect(judged(streamOf(['one ', 'tw'], null), 'unknown')).toMatchObject({ verdict: 'valid' });
  expect(judged(streamOf(['one '], 'error'))).toMatchObject({ verdict: 'valid' });
  expect(judged(streamOf([], null), 'unknown')).toMatchObject({ verdict: 'valid' });
});

test.each([
  ['a frame that comes twice', ['one ', 'one ', 'two ']],
  ['frames in another order', ['two ', 'one ']],
  ['a frame that is missing', ['one ', 'three']],
  ['more than the answer', ['one two three', '!']],
])('%s is not a prefix', (_, texts) => {
  expect(judged(streamOf(texts, null), 'unknown')).toMatchObject({
    verdict: 'invalid',
    counterexample: ['o1'],
  });
});

test('the reason shows where the answers part', () => {
  expect(judged(streamOf(['one ', 'three'])).reason).toBe(
    'call o1 got "hree" after 5 characters, where the answer has "wo three"',
  );
});

test('a stream that ends well without a terminal event is not in order', () => {
  expect(judged(streamOf(['one ', 'two ', 'three'], null))).toMatchObject({ verdict: 'invalid' });
});

test('nothing follows the terminal event, another one neither', () => {
  const { frames } = streamOf(['one two three']);
  const more = (frame: StreamSeen['frames'][number]) => ({ frames: [...frames, frame], complete: true });
  expect(judged(more({ at: 9, done: true })).reason).toContain('another terminal event after');
  expect(judged(more({ at: 9, text: '' })).reason).toContain('text after');
  expect(
    judged({
      frames: [
        { at: 1, error: 'x' },
        { at: 2, done: true },
      ],
      complete: true,
    }).verdict,
  ).toBe('invalid');
});

test('the answer may be known from the journal, of any of several calls; else it is not judged', () => {
  const { history } = new Recording().ok(1, 'call', {}, { stream: streamOf(['a', 'b']) });
  const journal = (texts: string[]) => texts.map((answerText) => callOf('o1', { answerText }));
  expect(streamOrder.check(history, journal(['ab']))).toMatchObject({ verdict: 'valid' });
  expect(streamOrder.check(history, journal(['x', 'abc']))).toMatchObject({ verdict: 'valid' });
  expect(streamOrder.check(history, journal(['ba']))).toMatchObject({ verdict: 'invalid' });
  const unknown = { verdict: 'not-judged', reason: 'the whole answer is not known', counted: 0 };
  expect(streamOrder.check(history)).toMatchObject(unknown);
  expect(streamOrder.check(history, [])).toMatchObject(unknown);
});

test('an agent may say the answers of its calls one after the other, but none of them twice', () => {
  const seen = (...texts: string[]) => new Recording().ok(1, 'call', {}, { stream: streamOf(texts) }).history;
  const journal = ['look ', 'found'].map((answerText) => callOf('o1', { answerText }));
  expect(streamOrder.check(seen('look ', 'fou'), journal)).toMatchObject({ verdict: 'valid' });
  expect(streamOrder.check(seen('look ', 'look '), journal)).toMatchObject({ verdict: 'invalid' });
  expect(streamOrder.check(seen('found', 'look '), journal)).toMatchObject({ verdict: 'invalid' });
  const askedTwice = [...journal, ...journal];
  expect(streamOrder.check(seen('look ', 'look '), askedTwice)).toMatchObject({ verdict: 'invalid' });
});

test('an answer that the journal has cut may go on', () => {
  const long = 'x'.repeat(4_000);
  const { history } = new Recording().ok(1, 'call', {}, { stream: streamOf([long, 'y']) });
  const judgedBy = (answerText: string) => streamOrder.check(history, [callOf('o1', { answerText })]);
  expect(judgedBy(long)).toMatchObject({ verdict: 'valid' });
  expect(judgedBy(long.slice(1))).toMatchObject({ verdict: 'invalid' });
});

test('a stream that the wire has changed is not judged', () => {
  const { history } = new Recording().ok(1, 'call', expectation, { stream: streamOf(['one ', 'one ']) });
  const twice = {
    on: 'stream',
    through: 'wire',
    link: 'client>gateway',
    target: { operation: 'o1' },
    effect: { kind: 'duplicate', frame: 1 },
    revertAfterMs: 500,
  } as const;
  const fired = { type: 'fault', id: 'f1', at: 1_001, state: 'fired', fault: twice } as const;
  const judgedBy = (operation: string) =>
    streamOrder.check({
      ...history,
      events: [...history.events, { ...fired, fault: { ...twice, target: { operation } } }],
    });
  expect(judgedBy('o1')).toMatchObject({ verdict: 'not-judged' });
  expect(judgedBy('o2')).toMatchObject({ verdict: 'invalid' });
});

test('a beginning of the answer is always in order; frames that are lost, repeated or exchanged before the end never are', () => {
  const words = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 3, maxLength: 8 });
  fc.assert(
    fc.property(words, fc.nat(), fc.constantFrom('lose', 'repeat', 'exchange'), (numbers, at, what) => {
      // Each frame is unique, so every disturbance changes the text.
      const texts = numbers.map((number, index) => `${index}:${number} `);
      const place = at % (texts.length - 1);
      const [here = '', next = ''] = texts.slice(place);
      const disturbed = {
        lose: texts.toSpliced(place, 1),
        repeat: texts.toSpliced(place, 0, here),
        exchange: texts.toSpliced(place, 2, next, here),
      }[what];
      const seen = (frames: readonly string[]) => {
        const recording = new Recording();
        recording.begin(1, 'call', { expect: texts.join('') })('unknown', { stream: streamOf(frames, null) });
        return streamOrder.check(recording.history).verdict;
      };
      expect(seen(texts.slice(0, place))).toBe('valid');
      expect(seen(disturbed)).toBe('invalid');
    }),
  );
});
