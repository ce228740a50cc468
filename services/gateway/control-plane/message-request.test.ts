import { expect, test } from '@jest/globals';
import { readMessage } from './message-request.ts';

const refusal = (statusCode: number, body: object) =>
  expect.objectContaining({ statusCode, body: expect.objectContaining(body) });

test('a message is read without the white space around it', () => {
  expect(readMessage({ session_id: ' s1 ', message: ' Hi \n', capability: ' ASK ' })).toEqual({
    sessionId: 's1',
    isNamedHere: false,
    message: 'Hi',
    capability: 'continue',
    label: ' ASK ',
  });
});

test('a message without a session begins one of its own', () => {
  const [one, other] = [readMessage({ message: 'Hi' }), readMessage({ message: 'Hi', session_id: '  ' })];
  expect(one).toMatchObject({ isNamedHere: true, sessionId: expect.stringMatching(/^cp_[0-9a-f]{32}$/) });
  expect(other.sessionId).not.toBe(one.sessionId);
});

test('nulls count as absent, and unknown fields pass', () => {
  expect(readMessage({ message: 'Hi', session_id: null, capability: null, more: 1 })).toMatchObject({
    capability: '',
    isNamedHere: true,
  });
});

test('a capability needs no message', () => {
  expect(readMessage({ session_id: 's', capability: 'continue' })).toMatchObject({ message: '' });
});

test.each([
  ['an array', []],
  ['a text', 'Hi'],
  ['null', null],
  ['nothing', undefined],
  ['a message that is a number', { message: 1 }],
  ['a session that is an object', { message: 'Hi', session_id: {} }],
  ['a capability that is a list', { message: 'Hi', capability: ['ask'] }],
  ['a session with a line break', { message: 'Hi', session_id: 'a\nb' }],
  ['a session with NUL', { message: 'Hi', session_id: 'a\0b' }],
  ['a session with half of a pair', { message: 'Hi', session_id: 'a\ud800b' }],
  ['a session that is too long', { message: 'Hi', session_id: 's'.repeat(129) }],
  ['a capability that is too long', { message: 'Hi', capability: 'x'.repeat(65) }],
])('%s is no payload', (_, body) => {
  expect(() => readMessage(body)).toThrow(refusal(400, { error: 'invalid message payload' }));
});

test.each([{}, { message: ' ' }, { message: '', capability: ' ' }, { session_id: 's' }])(
  '%j asks for nothing',
  (body) => {
    expect(() => readMessage(body)).toThrow(refusal(400, { error: 'message or capability required' }));
  },
);

test('a capability that is not supported is told before what else is missing', () => {
  const body = { capability: 'pause', session_id: ' s1 ', status: 'failed' };
  expect(() => readMessage({ session_id: ' s1 ', capability: ' PAUSE' })).toThrow(refusal(501, body));
});

test('a message is bounded by what it takes as JSON', () => {
  expect(readMessage({ message: 'x'.repeat(262_142) }).message).toHaveLength(262_142);
  const tooLarge = refusal(413, { code: 'message_too_large' });
  expect(() => readMessage({ message: 'x'.repeat(262_143) })).toThrow(tooLarge);
  expect(() => readMessage({ message: '\0'.repeat(50_000) })).toThrow(tooLarge);
});

test('a name that is also one of every object is taken for what it is', () => {
  const body = JSON.parse('{"__proto__":{"message":"Hi"},"session_id":"s"}');
  expect(() => readMessage(body)).toThrow(refusal(400, { error: 'message or capability required' }));
});
