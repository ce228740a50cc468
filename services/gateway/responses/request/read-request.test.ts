import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OpenaiError } from '../../../kit/openai-error.ts';
import { newId } from '../run/new-id.ts';
import { readRequest } from './read-request.ts';

const read = (fields: object) => readRequest({ model: 'm', input: 'hi', ...fields }, newId);
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

test('a text is a message of the user, and every item has an id', () => {
  expect(read({ input: 'hi' }).input).toMatchObject([
    { id: expect.stringMatching(/^msg_/), role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
  ]);
});

test.each([
  [{ model: null }, 'model', 'missing_required_parameter'],
  [{ input: null }, 'input', 'missing_required_parameter'],
  [{ input: [] }, 'input', 'missing_required_parameter'],
  [{ colour: 'red' }, 'colour', 'unknown_parameter'],
  [{ temperature: 'hot' }, 'temperature', 'invalid_type'],
  [{ temperature: 3 }, 'temperature', 'invalid_value'],
  [{ truncation: 'middle' }, 'truncation', 'invalid_value'],
  [{ prompt: { id: 'p' } }, 'prompt', 'unsupported_parameter'],
  [{ input: [5] }, 'input[0]', 'invalid_type'],
  [{ input: [{ type: 'telepathy' }] }, 'input[0].type', 'invalid_value'],
  [
    { input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
    'input[0].content[0].text',
    'missing_required_parameter',
  ],
  [{ input: [{ role: 'king', content: 'x' }] }, 'input[0].role', 'invalid_value'],
  [{ input: [{ role: 'user', content: 'x', id: 'a\0' }] }, 'input[0].id', 'invalid_value'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].name', 'missing_required_parameter'],
  [{ tools: [{ type: 'hammer' }] }, 'tools[0].type', 'invalid_value'],
  [
    { text: { format: { type: 'json_schema', name: 's' } } },
    'text.format.schema',
    'missing_required_parameter',
  ],
  [{ background: true, store: false }, 'background', 'invalid_value'],
  [{ conversation: 'c', store: false }, 'store', 'invalid_value'],
  [{ conversation: 'c', previous_response_id: 'r' }, 'previous_response_id', 'mutually_exclusive_parameters'],
  [{ metadata: { a: 1 } }, 'metadata.a', 'invalid_type'],
])('%j is refused by its field', (fields, param, code) => {
  expect(() => read(fields)).toThrow(
    expect.objectContaining({ statusCode: 400, body: { error: expect.objectContaining({ param, code }) } }),
  );
});

test('deep nesting is refused, and what is just not too deep is read', () => {
  expect(() => read({ input: deep(200_000) })).toThrow(/nested deeper/);
  expect(() => read({ tools: [{ type: 'function', name: 'f', parameters: { a: deep(90) } }] })).not.toThrow();
});

test('any JSON is read or refused by a 400, never by another error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (input, tools, text) => {
      try {
        expect(read({ input, tools, text }).input.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(OpenaiError);
        expect((error as OpenaiError).statusCode).toBe(400);
      }
    }),
  );
});
