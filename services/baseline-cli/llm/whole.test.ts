import { expect, test } from '@jest/globals';
import type { AnswerEvent } from '../../baseline-kit/answer/answer-event.ts';
import { ArrivingBody } from '../../kit/http/arriving-body.ts';
import type { Llm, LlmRequest } from './llm.ts';
import { wholeCompletion } from './whole.ts';

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

async function collect(answer: unknown, failure?: Error) {
  const asked: LlmRequest[] = [];
  const body = new ArrivingBody({ pause: () => undefined, resume: () => undefined }, (why) => body.end(why));
  body.push(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)));
  body.end(failure);
  const llm: Llm = {
    post: async (request) => {
      asked.push(request);
      return body;
    },
    close: async () => undefined,
  };
  const events: AnswerEvent[] = [];
  let thrown: unknown;
  try {
    const { signal } = new AbortController();
    for await (const event of wholeCompletion(llm, { model: 'm' }, signal)) events.push(event);
  } catch (error) {
    thrown = error;
  }
  return { asked, events, thrown };
}

const choice = (message: object | null, finishReason: string | null = 'stop') => ({
  choices: [{ index: 0, message, finish_reason: finishReason }],
  usage,
});

test('the model is asked for no stream, and its answer is told like a stream of it', async () => {
  const message = { role: 'assistant', content: 'Grüße', reasoning_content: 'hm' };
  const { asked, events, thrown } = await collect(choice(message));
  expect(thrown).toBeUndefined();
  expect(asked).toEqual([{ model: 'm', stream: false }]);
  expect(events).toEqual([
    { kind: 'reasoning', text: 'hm' },
    { kind: 'content', text: 'Grüße' },
    { kind: 'end', finishReason: 'stop', usage },
  ]);
});

test('several tool calls keep their order, ids and arguments', async () => {
  const call = (id: string) => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: `{"a":"${id}"}` },
  });
  const message = { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2')] };
  const { events } = await collect(choice(message, 'tool_calls'));
  expect(events).toEqual([
    {
      kind: 'tool_calls',
      deltas: [
        { index: 0, ...call('c1') },
        { index: 1, ...call('c2') },
      ],
    },
    { kind: 'end', finishReason: 'tool_calls', usage },
  ]);
});

test.each([
  ['no JSON', '<html>', 'upstream_invalid_response'],
  ['null', 'null', 'upstream_invalid_response'],
  ['no choices', { choices: [] }, 'upstream_invalid_response'],
  ['no message', choice(null), 'upstream_invalid_response'],
  ['no finish reason', choice({ role: 'assistant', content: 'Hi' }, null), 'upstream_truncated'],
  ['an error', { error: { message: 'over', code: 'overloaded' } }, 'overloaded'],
])('%s is a failure and never a complete answer', async (_, answer, code) => {
  const { events, thrown } = await collect(answer);
  expect(events.filter(({ kind }) => kind === 'end')).toEqual([]);
  expect(thrown).toMatchObject({ statusCode: 502, body: { error: { code } } });
});

test('an answer that breaks off in the middle is truncated', async () => {
  const failure = Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' });
  const { events, thrown } = await collect('{"choices":[{"mess', failure);
  expect(events).toEqual([]);
  expect(thrown).toMatchObject({ body: { error: { code: 'upstream_truncated' } } });
});
