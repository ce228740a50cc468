import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChatCompletionChunk } from '../../kit/chat-schema.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { Asked } from './message-answer.ts';
import { type MessageEvent, MessageStream } from './message-stream.ts';

const asked: Asked = {
  model: 'm',
  stopSequences: ['END'],
  thinking: 'shown',
  inputTokens: 7,
  upstream: 'up',
};

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) =>
  ({ choices: [{ index: 0, delta, finish_reason, ...more }] }) as unknown as ChatCompletionChunk;
const counted = (usage: object) => ({ choices: [], usage }) as unknown as ChatCompletionChunk;
const piece = (index: number, args: string, more: object = {}) =>
  chunk({ tool_calls: [{ index, ...more, function: { arguments: args } }] });
const named = (index: number, name: string, id = `id${index}`) =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });

function streamOf(chunks: readonly ChatCompletionChunk[], how: Partial<Asked> = {}): readonly MessageEvent[] {
  const stream = new MessageStream({ ...asked, ...how });
  return [...stream.start(), ...chunks.flatMap((each) => stream.push(each)), ...stream.end()];
}

/** Events in short: what opens, what is added, what closes. */
const short = (events: readonly MessageEvent[]) =>
  events.map(({ type, index, delta = {}, content_block = {} }) => {
    const { text, thinking, partial_json, stop_reason } = delta as Record<string, string>;
    const block = content_block as Record<string, string>;
    if (type === 'content_block_start') return `+${index} ${block.type}${block.name ? ` ${block.name}` : ''}`;
    if (type === 'content_block_stop') return `-${index}`;
    if (type === 'content_block_delta') return `${index} ${text ?? thinking ?? partial_json ?? 'signature'}`;
    return stop_reason ? `${type} ${stop_reason}` : type;
  });

test('thinking, text and a call become blocks in that order', () => {
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'hm' }),
    chunk({ content: 'so' }),
    named(0, 'look'),
    piece(0, '{"a"'),
    piece(0, ':1}'),
    chunk({}, 'tool_calls'),
  ];
  expect(short(streamOf(chunks))).toEqual([
    ...['message_start', '+0 thinking', '0 hm', '0 signature', '-0', '+1 text', '1 so', '-1'],
    ...['+2 tool_use look', '2 {"a"', '2 :1}', '-2', 'message_delta tool_use', 'message_stop'],
  ]);
});

test('a call that begins before the one before it is whole waits for it', () => {
  const chunks = [
    named(0, 'a'),
    named(1, 'b'),
    piece(1, '{'),
    piece(0, '{"x":{}'),
    piece(0, '}'),
    piece(1, '}'),
  ];
  expect(short(streamOf(chunks))).toEqual([
    ...['message_start', '+0 tool_use a', '0 {"x":{}', '0 }', '-0', '+1 tool_use b', '1 {', '1 }', '-1'],
    ...['message_delta tool_use', 'message_stop'],
  ]);
});

test('a name in pieces and a name that is repeated are one name', () => {
  const chunks = [named(0, 'look'), named(0, '_up'), named(0, 'look_up'), piece(0, '{}')];
  expect(short(streamOf(chunks))).toContain('+0 tool_use look_up');
});

test('a call without an id gets one', () => {
  const [, begun] = streamOf([named(0, 'x', ''), piece(0, '{}')]);
  expect(begun).toMatchObject({ content_block: { id: expect.stringMatching(/^toolu_\w{24}$/) } });
});

test('an answer that says nothing is one empty text', () => {
  expect(short(streamOf([chunk({ role: 'assistant' }), chunk({}, 'stop')]))).toEqual([
    ...['message_start', '+0 text', '-0', 'message_delta end_turn', 'message_stop'],
  ]);
});

test('thinking that was not asked for is left out, and thinking without display loses its text', () => {
  const chunks = [chunk({ reasoning: 'hm' }), chunk({ content: 'so' })];
  expect(short(streamOf(chunks, { thinking: 'none' }))).not.toContain('+0 thinking');
  expect(short(streamOf(chunks, { thinking: 'omitted' })).slice(1, 4)).toEqual([
    '+0 thinking',
    '0 signature',
    '-0',
  ]);
});

test.each([
  ['stop', {}, { stop_reason: 'end_turn', stop_sequence: null }],
  ['length', {}, { stop_reason: 'max_tokens', stop_sequence: null }],
  ['content_filter', {}, { stop_reason: 'refusal', stop_sequence: null }],
  ['stop', { stop_reason: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
  ['stop', { stop_reason: 'other' }, { stop_reason: 'end_turn', stop_sequence: null }],
])('a chat that ends with %s %j ends a message with %j', (reason, more, expected) => {
  const events = streamOf([chunk({ content: 'x' }), chunk({}, reason, more)]);
  expect(events.at(-2)).toMatchObject({ type: 'message_delta', delta: expected });
});

test('a refusal is text, and why the message ends', () => {
  expect(short(streamOf([chunk({ refusal: 'No' }), chunk({}, 'stop')]))).toEqual([
    ...['message_start', '+0 text', '0 No', '-0', 'message_delta refusal', 'message_stop'],
  ]);
});

test('what was thought is counted apart, and a refusal says what it is', () => {
  const usage = {
    prompt_tokens: 1,
    completion_tokens: 5,
    completion_tokens_details: { reasoning_tokens: 3 },
  };
  const events = streamOf([chunk({ refusal: 'No' }), counted(usage)]);
  expect(events.at(-2)).toMatchObject({
    delta: { stop_details: { type: 'refusal' } },
    usage: { output_tokens_details: { thinking_tokens: 3 } },
  });
});

test('usage is estimated at first and told as it was counted at the end, cached tokens apart', () => {
  const details = { prompt_tokens_details: { cached_tokens: 30 } };
  const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, ...details };
  const events = streamOf([chunk({ content: 'x' }), counted(usage)]);
  expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 7, output_tokens: 0 } } });
  expect(events.at(-2)).toMatchObject({
    usage: {
      input_tokens: 70,
      output_tokens: 5,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 0,
    },
  });
});

const broken = openaiError(502, 'up broke off.', 'server_error', 'upstream_truncated');

test.each([
  ['text', [chunk({ content: 'x' })], ['-0', 'error']],
  ['a whole call', [named(0, 'a'), piece(0, '{}')], ['-0', 'error']],
  ['half a call', [named(0, 'a'), piece(0, '{"b"')], ['error']],
  ['nothing', [], ['error']],
])('a break after %s ends in an error, and no text', (_, chunks, expected) => {
  const stream = new MessageStream(asked);
  for (const each of chunks) stream.push(each);
  const events = stream.fail(broken, 'r1');
  expect(short(events)).toEqual(expected);
  expect(events.at(-1)).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'up broke off.', details: { error_code: 'upstream_truncated' } },
    request_id: 'r1',
  });
});

test.each([
  ['go on after they were whole', [named(0, 'a'), piece(0, '{}'), named(1, 'b'), piece(0, '{}')]],
  ['are no object', [named(0, 'a'), piece(0, '[1]')]],
  ['end in their middle', [named(0, 'a'), piece(0, '{"a"'), chunk({}, 'tool_calls')]],
  ['have no name', [piece(0, '{}')]],
])('calls whose arguments %s are an error of the upstream', (_, chunks) => {
  expect(() => streamOf(chunks)).toThrow(expect.objectContaining({ statusCode: 502 }));
});

test('a call that the token limit cut off ends with the message', () => {
  const chunks = [named(0, 'a'), piece(0, '{"b"'), chunk({}, 'length')];
  expect(short(streamOf(chunks)).slice(-3)).toEqual(['-0', 'message_delta max_tokens', 'message_stop']);
});

const answers = fc.record({
  thinking: fc.string(),
  text: fc.string(),
  calls: fc.array(fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 })), {
    maxLength: 4,
  }),
  /** Which call goes on next, and how many characters of it come. */
  turns: fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 7 })), { maxLength: 40 }),
});

test('whatever way the pieces of calls are mixed, each block is whole and follows the one before', () => {
  fc.assert(
    fc.property(answers, ({ thinking, text, calls, turns }) => {
      const args = calls.map((call) => JSON.stringify(call));
      const sent = args.map(() => 0);
      const next = (call: number, count: number) => {
        const from = sent[call] as number;
        sent[call] = from + count;
        return piece(call, (args[call] as string).slice(from, from + count));
      };
      const mixed = turns.filter(([call]) => call < calls.length).map(([call, count]) => next(call, count));
      const rest = args.map((whole, call) => next(call, whole.length));
      const chunks = [
        chunk({ reasoning_content: thinking }),
        chunk({ content: text }),
        ...calls.map((_, call) => named(call, `f${call}`)),
        ...mixed,
        ...rest,
      ];
      const blocks = blocksOf(streamOf(chunks));
      const said = [thinking, text].filter((each) => each !== '');
      const expected = [...said, ...calls];
      expect(blocks).toEqual(expected.length > 0 ? JSON.parse(JSON.stringify(expected)) : ['']);
    }),
    { numRuns: 300 },
  );
});

/** What the blocks add up to; fails where one begins before the other is over. */
function blocksOf(events: readonly MessageEvent[]): readonly unknown[] {
  const blocks: unknown[] = [];
  let open: { type: string; said: string } | undefined;
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') {
      expect([open, index]).toEqual([undefined, blocks.length]);
      open = { type: (content_block as { type: string }).type, said: '' };
    } else if (type === 'content_block_delta') {
      const { text, thinking, partial_json } = delta as Record<string, string | undefined>;
      if (!open) throw new Error('a delta of no block');
      open.said += text ?? thinking ?? partial_json ?? '';
    } else if (type === 'content_block_stop') {
      blocks.push(open?.type === 'tool_use' ? JSON.parse(open.said) : open?.said);
      open = undefined;
    }
  }
  return blocks;
}
