import { expect, test } from '@jest/globals';
import { openaiError, toOpenaiError } from './openai-error.ts';

test('an OpenAI error stays what it is', () => {
  const error = openaiError(404, 'No such model.', 'invalid_request_error', 'model_not_found', 'model');
  expect(toOpenaiError(error)).toBe(error);
  expect(error.body).toEqual({
    error: {
      message: 'No such model.',
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
  });
});

test('a missing field is 422 and names the field', () => {
  const answer = toOpenaiError({
    validation: [
      {
        keyword: 'required',
        instancePath: '/messages/0',
        params: { requiredProperties: ['role'] },
        message: 'x',
      },
    ],
  });
  expect(answer.statusCode).toBe(422);
  expect(answer.body.error).toMatchObject({ param: 'messages.0.role', code: 'missing_required_parameter' });
});

test('malformed JSON is 400, a body too large 413', () => {
  expect(toOpenaiError(Object.assign(new Error('x'), { statusCode: 400 })).body.error.code).toBe(
    'invalid_json',
  );
  expect(toOpenaiError(Object.assign(new Error('x'), { statusCode: 413 })).statusCode).toBe(413);
});

test('a lost database is 503', () => {
  const answer = toOpenaiError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
  expect(answer.statusCode).toBe(503);
});

test('an unforeseen error is 500 and keeps its text to itself', () => {
  const answer = toOpenaiError(new Error('password hunter2'));
  expect(answer.statusCode).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain('hunter2');
});
