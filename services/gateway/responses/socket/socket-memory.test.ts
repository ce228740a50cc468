import { expect, test } from '@jest/globals';
import type { ResponseObject, ResponseStatus } from '../events/response-event.ts';
import { readRequest } from '../request/read-request.ts';
import type { TurnFrame } from './client-frame.ts';
import { bodyFor, remember, type SocketMemory, withPast } from './socket-memory.ts';

let ids = 0;
const read = (body: object) => readRequest(body, (prefix) => `${prefix}_${++ids}`);
const create = (fields: object): TurnFrame => ({ kind: 'create', fields: { ...fields }, generate: true });
const append = (fields: object): TurnFrame => ({ ...create(fields), kind: 'append' });
const said = (id: string) => ({ type: 'message', id });

/** The memory after a turn with these fields. */
function after(
  fields: object,
  status: ResponseStatus = 'completed',
  memory: SocketMemory = {},
): SocketMemory {
  const request = read({ model: 'm', input: 'one', ...fields });
  const response = { id: 'resp_1', status, output: [said('msg_out')] };
  return remember(memory, request, response as unknown as ResponseObject, [said('msg_in')]);
}

test('the first turn has what it says alone', () => {
  expect(bodyFor(create({ input: 'Hi' }), {})).toEqual({ input: 'Hi' });
});

test('a later turn has the model and the instructions of the one before, unless it names its own', () => {
  const memory = after({ instructions: 'Be brief.', temperature: 1 });
  expect(bodyFor(create({ input: 'Hi' }), memory)).toEqual({
    input: 'Hi',
    model: 'm',
    instructions: 'Be brief.',
  });
  const own = { input: 'Hi', model: 'n', instructions: 'Be long.' };
  expect(bodyFor(create(own), memory)).toEqual(own);
});

test('a turn can have no instructions after one that had some', () => {
  expect(bodyFor(create({ instructions: null }), after({ instructions: 'Be brief.' }))).toMatchObject({
    instructions: null,
  });
});

test('an append goes on from the last response and is stored as it was', () => {
  expect(bodyFor(append({ input: 'two' }), after({}))).toMatchObject({
    previous_response_id: 'resp_1',
    store: true,
  });
  expect(bodyFor(append({ input: 'two' }), after({ store: false }))).toMatchObject({ store: false });
});

test('an append to a turn of a conversation is the next turn of it', () => {
  const body = bodyFor(append({ input: 'two' }), after({ conversation: 'conv_1' }));
  expect(body).toMatchObject({ conversation: 'conv_1' });
  expect(body).not.toHaveProperty('previous_response_id');
});

test('an append to nothing, or of nothing, is refused', () => {
  expect(() => bodyFor(append({ input: 'two' }), {})).toThrow('before response.create');
  expect(() => bodyFor(append({ input: [] }), after({}))).toThrow("'input'");
});

test('a turn that failed or was cut leaves the last complete response, and its model', () => {
  const memory = after({});
  for (const status of ['failed', 'cancelled'] as const) {
    expect(after({ model: 'n' }, status, memory)).toMatchObject({ model: 'n', last: { id: 'resp_1' } });
  }
  expect(after({}, 'failed').last).toBeUndefined();
});

test('what is stored is not held: any worker has it', () => {
  const request = read({ model: 'm', input: 'two', previous_response_id: 'resp_1' });
  expect(withPast(request, after({}))).toEqual({ request, past: undefined });
});

test('what is not stored goes on from what the socket holds', () => {
  const request = read({ model: 'm', input: 'two', previous_response_id: 'resp_1', store: false });
  expect(withPast(request, after({ store: false }))).toEqual({
    request,
    past: [said('msg_in'), said('msg_out')],
  });
});

test('a stored turn after one that was not takes along what it goes on from', () => {
  const request = read({ model: 'm', input: 'two', previous_response_id: 'resp_1' });
  const turn = withPast(request, after({ store: false }));
  expect(turn.past).toEqual([]);
  expect(turn.request.input).toEqual([said('msg_in'), said('msg_out'), ...request.input]);
});

test('another response than the last one is not the socket’s to know', () => {
  const request = read({ model: 'm', input: 'two', previous_response_id: 'resp_0', store: false });
  expect(withPast(request, after({ store: false })).past).toBeUndefined();
});

test('a chain that grows too long is forgotten', () => {
  const request = read({ model: 'm', input: 'one', store: false });
  const response = { id: 'resp_1', status: 'completed', output: [] } as unknown as ResponseObject;
  const long = [{ type: 'message', text: 'x'.repeat(17 * 1024 * 1024) }];
  expect(remember({}, request, response, long).last).toMatchObject({ id: 'resp_1', items: undefined });
});
