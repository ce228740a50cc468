import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ResponseStream } from 'openai/lib/responses/ResponseStream';
import type { ResponseEvent } from './event-types.ts';
import { findingText, type GrammarRule } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { anySaid, numbered, responseOf, streamOf } from './test-streams.ts';

const rulesBroken = (events: readonly ResponseEvent[]): readonly GrammarRule[] =>
  checkEvents(events).map(({ rule }) => rule);
const hello = streamOf([{ says: 'text', deltas: ['Hel', 'lo'], citations: 1 }]);

/** The stream with the events of a type replaced. */
const changed = (events: readonly ResponseEvent[], type: string, change: object): ResponseEvent[] =>
  events.map((event) => (event.type === type ? { ...event, ...change } : event));

/** The official SDK's own reading of a stream. */
const accumulated = (events: readonly ResponseEvent[]) => {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  const body = new Blob(lines).stream();
  return ResponseStream.fromReadableStream(body).finalResponse();
};

test('a stream of anything that a response may say breaks no rule', () => {
  fc.assert(
    fc.property(anySaid, fc.constantFrom('completed' as const, 'incomplete' as const), (said, how) => {
      expect(checkEvents(streamOf(said, how)).map(findingText)).toEqual([]);
    }),
  );
});

test('the official SDK accepts such streams too, and reads the same output', async () => {
  await fc.assert(
    fc.asyncProperty(anySaid, async (said) => {
      const events = streamOf(said);
      const { output = [] } = (events.at(-1)?.response ?? {}) as { output?: object[] };
      expect((await accumulated(events)).output).toMatchObject(output);
    }),
    { numRuns: 50 },
  );
});

/** These may be left out, and a search may be told of again. */
const optional = ['response.in_progress', 'response.web_search_call.searching'];
const repeatable = ['response.web_search_call.searching', 'response.file_search_call.searching'];

test('a stream that lost any of its events breaks a rule, even under right numbers', () => {
  fc.assert(
    fc.property(anySaid, fc.nat(), (said, place) => {
      const whole = streamOf(said);
      const at = place % whole.length;
      fc.pre(!optional.includes(whole[at]?.type ?? ''));
      expect(rulesBroken(numbered(whole.toSpliced(at, 1)))).not.toEqual([]);
    }),
  );
});

test('a stream that has one of its events twice breaks a rule, even under right numbers', () => {
  fc.assert(
    fc.property(anySaid, fc.nat(), (said, place) => {
      const whole = streamOf(said);
      const again = whole[place % whole.length];
      fc.pre(again !== undefined && !repeatable.includes(again.type));
      const twice = whole.flatMap((event) => (event === again ? [event, event] : [event]));
      expect(rulesBroken(numbered(twice))).not.toEqual([]);
    }),
  );
});

test('a stream that ends anywhere before its terminal event is not complete', () => {
  fc.assert(
    fc.property(anySaid, fc.nat(), (said, place) => {
      const whole = streamOf(said);
      expect(rulesBroken(whole.slice(0, place % whole.length))).toContain('terminal');
    }),
  );
});

test('no number is left out, and none comes twice', () => {
  expect(rulesBroken(hello.map((event, at) => ({ ...event, sequence_number: at + 1 })))).toContain(
    'sequence',
  );
  expect(rulesBroken(hello.map((event, at) => ({ ...event, sequence_number: at - (at % 2) })))).toContain(
    'sequence',
  );
});

test('two items may be under way at once', () => {
  const two = streamOf([
    { says: 'function', deltas: ['{}'] },
    { says: 'function', deltas: ['[]'] },
  ]);
  const ofFirst = two.filter((event) => event.output_index === 0);
  const ofSecond = two.filter((event) => event.output_index === 1);
  const mixed = ofFirst.flatMap((event, at) => [event, ofSecond[at] ?? event]);
  const events = numbered([...two.slice(0, 2), ...mixed, ...two.slice(-1)]);
  expect(checkEvents(events).map(findingText)).toEqual([]);
});

test('an event that lacks a field of its type is told with the names of what it lacks', () => {
  const bare = changed(hello, 'response.output_text.delta', { item_id: 7, logprobs: undefined });
  expect(checkEvents(bare)[0]).toEqual({
    rule: 'fields',
    at: 4,
    event: 'response.output_text.delta',
    says: 'it lacks item_id, logprobs',
  });
});

test('MCP events with dots, which only the documentation had, are unknown', () => {
  const dotted = streamOf([{ says: 'mcp', deltas: ['{}'] }]).map((event) => ({
    ...event,
    type: event.type.replace('mcp_call_arguments', 'mcp_call.arguments'),
  }));
  expect(rulesBroken(dotted)).toContain('type');
});

test('reasoning in a message is out of place, and so is a reasoning item that says nothing', () => {
  const stray = changed(hello, 'response.content_part.added', { part: { type: 'reasoning_text', text: '' } });
  expect(rulesBroken(stray)).toContain('part');
  const silent = streamOf([{ says: 'summary', parts: [] }]);
  expect(rulesBroken(silent)).toEqual(['reasoning']);
});

test('an item keeps its id, its call and its type', () => {
  const events = streamOf([{ says: 'function', deltas: ['{}'] }]);
  const item = { ...(events.at(-2)?.item as object), call_id: 'call_other' };
  expect(rulesBroken(changed(events, 'response.output_item.done', { item }))).toContain('close');
  expect(rulesBroken(changed(hello, 'response.output_text.delta', { item_id: 'item_9' }))).toContain('place');
});

test('what is done says what the deltas said', () => {
  expect(rulesBroken(changed(hello, 'response.output_text.done', { text: 'Hello!' }))).toContain('text');
  const part = { type: 'output_text', text: 'Hello', annotations: [] };
  expect(rulesBroken(changed(hello, 'response.content_part.done', { part }))).toContain('close');
});

test('the final response holds the streamed items, all of them and as they ended', () => {
  const [last] = hello.slice(-1);
  const response = { ...(last?.response as object), output: [] };
  expect(rulesBroken(changed(hello, 'response.completed', { response }))).toEqual(['output']);
});

test('usage is told once, at the end, and adds up', () => {
  const last = hello.at(-1)?.response as Record<string, object>;
  const early = { ...responseOf({}), usage: last.usage };
  expect(rulesBroken(changed(hello, 'response.created', { response: early }))).toEqual(['usage']);
  const wrong = { ...last, usage: { ...last.usage, total_tokens: 8 } };
  expect(rulesBroken(changed(hello, 'response.completed', { response: wrong }))).toEqual(['usage']);
});

test('a failure has a code of the closed list, and may leave items open', () => {
  const failed = (code: string) =>
    numbered([
      ...hello.slice(0, 5),
      {
        type: 'response.failed',
        response: responseOf({ status: 'failed', error: { code, message: 'The model broke off.' } }),
      },
    ]);
  expect(rulesBroken(failed('server_error'))).toEqual([]);
  expect(rulesBroken(failed('internal_error'))).toEqual(['lifecycle']);
});

test('after an error only the failure of the response may come', () => {
  const error = { type: 'error', code: 'server_error', message: 'The model broke off.', param: null };
  const failure = {
    type: 'response.failed',
    response: responseOf({ status: 'failed', error: { code: 'server_error', message: 'It broke off.' } }),
  };
  expect(rulesBroken(numbered([...hello.slice(0, 5), error]))).toEqual([]);
  expect(rulesBroken(numbered([...hello.slice(0, 5), error, failure]))).toEqual([]);
  expect(rulesBroken(numbered([...hello.slice(0, 5), error, ...hello.slice(-1)]))).toContain('terminal');
  expect(rulesBroken(numbered([...hello, error]))).toEqual(['terminal']);
});

test('over WebSocket an error has its status and nests what it says', () => {
  const error = {
    type: 'error',
    status: 400,
    error: { code: 'x', message: 'No.', type: 'invalid_request_error' },
  };
  const events = [...hello.slice(0, 2), error];
  expect(checkEvents(events, { transport: 'websocket' })).toEqual([]);
  expect(rulesBroken(events)).toContain('fields');
});

test('a search that never searched and a call that ends before it began are told', () => {
  const search = streamOf([{ says: 'file search' }]);
  const unsearched = search.filter(({ type }) => !type.endsWith('.searching'));
  expect(rulesBroken(numbered(unsearched))).toEqual(['call']);
  const order = search.toSpliced(3, 3, ...search.slice(3, 6).reverse());
  expect(rulesBroken(numbered(order))).toContain('call');
});

test('the SDK resolves a stream without a terminal event: the reason why it alone is no oracle', async () => {
  const cut = hello.slice(0, -1);
  await expect(accumulated(cut)).resolves.toMatchObject({ status: 'in_progress' });
  expect(rulesBroken(cut)).toEqual(['terminal']);
});
