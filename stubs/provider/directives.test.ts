import { expect, test } from '@jest/globals';
import { readCall } from './call.ts';
import { readChatRequest } from './chat-request.ts';
import { readDirectives, withoutDirectives } from './directives.ts';

const callOf = (content: string) =>
  readCall(readChatRequest({ model: 'scripted', messages: [{ role: 'user', content }] }));

test('reads every key', () => {
  const text =
    'a [[op=x1 say=a_b tokens=4 ttft=20 tps=5.5 cut=1 end=2 stall=3 error=4 status=429 retry_after=7 tool=calc]]';
  expect(readDirectives(text, 'chat')).toEqual({
    op: 'x1',
    say: 'a b',
    tokens: 4,
    ttftMs: 20,
    tokensPerSecond: 5.5,
    cut: 1,
    end: 2,
    stall: 3,
    error: 4,
    status: 429,
    retryAfterSeconds: 7,
    tool: 'calc',
  });
});

test('later blocks win, unknown keys and bad numbers are passed over', () => {
  expect(readDirectives('[[op=1 cut=2]] [[op=2 color=red cut=soon]]', 'chat')).toEqual({ op: '2', cut: 2 });
});

test('text in double brackets that is no directive is left alone', () => {
  expect(readDirectives('see [[Main Page]] and x[[0]]', 'chat')).toEqual({});
  expect(withoutDirectives('see [[Main Page]] [[op=1]]')).toBe('see [[Main Page]]');
});

test('a block counts for the kind of call it names, its operation id for all', () => {
  const text = '[[op=1 status=500 at=memory]]';
  expect(readDirectives(text, 'memory')).toEqual({ op: '1', status: 500 });
  expect(readDirectives(text, 'chat')).toEqual({ op: '1' });
});

test('the operation of a memory extraction is the one of the last user turn inside it', () => {
  const conversation = JSON.stringify([
    { role: 'user', content: 'one [[op=1]]' },
    { role: 'user', content: 'two [[op=2 status=500 at=memory]]' },
  ]);
  const call = callOf(`<conversation>${conversation}</conversation>`);
  expect([call.kind, call.directives]).toEqual(['memory', { op: '2', status: 500 }]);
});

test('directives inside recalled memories do not count', () => {
  const call = callOf('Hi [[op=2]]\n<memory-references>\n- [m] blue [[op=1 cut=1]]\n</memory-references>');
  expect([call.kind, call.directives, call.prompt]).toEqual(['chat', { op: '2' }, 'Hi']);
});
