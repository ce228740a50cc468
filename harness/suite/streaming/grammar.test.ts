import { expect, test } from '@jest/globals';
import { grammarFindings } from './grammar.ts';

const chunk = (delta: object, finish: string | null = null, id = 'chatcmpl-1') =>
  JSON.stringify({
    ...{ id, object: 'chat.completion.chunk' },
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const role = chunk({ role: 'assistant', content: '' });
const hi = chunk({ content: 'Hi' });
const stop = chunk({}, 'stop');

const found = (...data: readonly string[]) =>
  grammarFindings(
    'chat',
    data.map((each) => ({ data: each })),
  );

test('a stream of chunks that keeps the rules has no findings, usage at its end included', () => {
  const usage = JSON.stringify({ ...JSON.parse(stop), choices: [], usage: { prompt_tokens: 1 } });
  expect(found(role, hi, stop, usage, '[DONE]')).toEqual([]);
});

test('each rule that is broken is told', () => {
  expect(found(role, hi, stop)).toEqual(['[DONE] is not the last event, or not there']);
  expect(found(role, hi, '[DONE]', stop)).toEqual(['[DONE] is not the last event, or not there']);
  expect(found(hi, stop, '[DONE]')).toEqual(['the first delta has no role']);
  expect(found(role, hi, '[DONE]')).toEqual(['there is no finish']);
  expect(found(role, stop, hi, '[DONE]')).toEqual(['text comes behind the finish']);
  expect(found(role, chunk({ content: 'Hi' }, null, 'chatcmpl-2'), stop, '[DONE]')).toEqual([
    'there are 2 ids',
  ]);
  const other = JSON.stringify({ ...JSON.parse(hi), object: 'text_completion' });
  expect(found(role, other, stop, '[DONE]')).toEqual(['object is chat.completion.chunk,text_completion']);
  const bare = JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk' });
  expect(found(role, bare, stop, '[DONE]')).toEqual(['a chunk has no choices']);
});

test('events of the other APIs are held to their own grammar', () => {
  const frames = [{ event: 'message_stop', data: '{"type":"message_stop"}' }];
  expect(grammarFindings('messages', frames)).not.toEqual([]);
  const ended = { event: 'response.completed', data: '{"type":"response.completed"}' };
  expect(grammarFindings('responses', [ended])).not.toEqual([]);
});
