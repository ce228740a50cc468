import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OpenaiError, openaiError } from '../../../kit/openai-error.ts';
import { errorFrame, readFrame } from './client-frame.ts';

const text = (value: string) => ({ data: Buffer.from(value), isBinary: false });
const sent = (value: unknown) => text(JSON.stringify(value));

function refusalOf(frame: Parameters<typeof readFrame>[0]): OpenaiError {
  try {
    readFrame(frame);
  } catch (error) {
    if (error instanceof OpenaiError) return error;
  }
  throw new Error('the frame was not refused');
}

test('a create has the fields of a request, without what is of the frame', () => {
  expect(readFrame(sent({ type: 'response.create', generate: true, model: 'm', input: 'Hi' }))).toEqual({
    kind: 'create',
    fields: { model: 'm', input: 'Hi' },
    generate: true,
  });
});

test('a frame that asks not to generate is a warm-up', () => {
  expect(readFrame(sent({ type: 'response.create', generate: false }))).toMatchObject({ generate: false });
  expect(readFrame(sent({ type: 'response.create', generate: null }))).toMatchObject({ generate: true });
});

test.each([
  ['text that is no JSON', text('{"type":'), 'invalid_json', null],
  ['JSON that is no object', sent([]), 'invalid_type', null],
  ['null', sent(null), 'invalid_type', null],
  ['an object without a type', sent({ input: 'Hi' }), 'missing_required_parameter', 'type'],
  ['a type that is no text', sent({ type: 1 }), 'invalid_value', 'type'],
  ['a type that nobody knows', sent({ type: 'response.cancel' }), 'invalid_value', 'type'],
  ['a type that every object has', sent({ type: 'constructor' }), 'invalid_value', 'type'],
  ['a warm-up by a text', sent({ type: 'response.create', generate: 'no' }), 'invalid_type', 'generate'],
  [
    'a turn in the background',
    sent({ type: 'response.create', background: true }),
    'unsupported_parameter',
    'background',
  ],
  ['bytes', { data: Buffer.from('{}'), isBinary: true }, 'invalid_frame', null],
])('%s is refused with 400, a code and the name of the field', (_what, frame, code, param) => {
  expect(refusalOf(frame)).toMatchObject({ statusCode: 400, body: { error: { code, param } } });
});

test('a type that nobody knows is named, and no more than its beginning', () => {
  expect(refusalOf(sent({ type: `response.${'x'.repeat(10_000)}` })).message).toMatch(/response\.x{55}\.$/);
});

test('whatever comes is read or refused with 400', () => {
  const anyFrame = fc.record({
    data: fc.oneof(fc.string(), fc.json()).map((value) => Buffer.from(value)),
    isBinary: fc.boolean(),
  });
  fc.assert(
    fc.property(anyFrame, (frame) => {
      expect(refusalOf(frame).statusCode).toBe(400);
    }),
  );
});

test('an error frame has the status, the error of the API, and how long to wait where that is known', () => {
  const error = openaiError(429, 'Too much.', 'rate_limit_error', 'rate_limit_exceeded');
  const body = { message: 'Too much.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' };
  expect(errorFrame(error)).toEqual({ type: 'error', status: 429, error: body });
  error.retryAfter = '7';
  expect(errorFrame(error)).toEqual({
    type: 'error',
    status: 429,
    error: body,
    headers: { 'retry-after': '7' },
  });
});
