import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findingText, type GrammarRule } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { type MessageEvent, readEvents } from './read-events.ts';
import { anyContent, callOf, streamOf, textBlock, thinkingBlock } from './test-streams.ts';

const brokenBy = (events: readonly MessageEvent[]): readonly GrammarRule[] =>
  checkEvents(events).findings.map(({ rule }) => rule);

const whole = streamOf([thinkingBlock(['hm']), textBlock(['so ', 'be it']), callOf('t1', ['{"a"', ':1}'])]);
const at = (type: string, nth = 0): number =>
  whole.flatMap((event, index) => (event.type === type ? [index] : []))[nth] ?? -1;
/** The whole stream with one event changed, doubled, moved or taken away. */
const changed = (place: number, change: object): readonly MessageEvent[] =>
  whole.with(place, { ...(whole[place] as MessageEvent), ...change });
const without = (place: number) => whole.toSpliced(place, 1);
const twice = (place: number) => whole.toSpliced(place, 0, whole[place] as MessageEvent);

test('a stream of anything that a message may say breaks no rule, and is read as it was meant', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const { findings, blocks, end } = checkEvents(streamOf(content));
      expect(findings.map(findingText)).toEqual([]);
      expect(blocks.map(({ text }) => text)).toEqual(content.map(({ pieces }) => pieces.join('')));
      expect(end).toBe('message_stop');
    }),
  );
});

test('the official SDK accepts such streams too, and reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(anyContent, async (content) => {
      const lines = streamOf(content).map((event) => `${JSON.stringify(event)}\n`);
      const stream = MessageStream.fromReadableStream(new Blob(lines).stream());
      const message = await stream.finalMessage();
      const seen = message.content.map((block) => ('text' in block ? block.text : block.type));
      expect(seen).toEqual(content.map(({ kind, pieces }) => (kind === 'text' ? pieces.join('') : kind)));
    }),
    { numRuns: 50 },
  );
});

test('a stream that lost any of its events but a delta breaks a rule, and so does one that has an event twice', () => {
  fc.assert(
    fc.property(anyContent, fc.nat(), (content, place) => {
      const events = streamOf(content);
      const index = place % events.length;
      const event = events[index] as MessageEvent;
      fc.pre(event.type !== 'ping' && event.type !== 'content_block_delta');
      expect(brokenBy(events.toSpliced(index, 1))).not.toEqual([]);
      fc.pre(event.type !== 'message_delta');
      expect(brokenBy(events.toSpliced(index, 0, event))).not.toEqual([]);
    }),
  );
});

test('a stream whose end is missing is no message, wherever it was cut', () => {
  for (let length = 0; length < whole.length; length += 1) {
    expect(brokenBy(whole.slice(0, length))).toContain('end');
  }
});

test('an error may end a stream at any time, and nothing may follow it', () => {
  const error = { type: 'error', error: { type: 'api_error', message: 'gone' } };
  for (let length = 0; length < whole.length; length += 1) {
    const { findings, end } = checkEvents([...whole.slice(0, length), error]);
    expect([findings, end]).toEqual([[], 'error']);
  }
  expect(brokenBy([...whole.slice(0, 3), error, { type: 'message_stop' }])).toContain('end');
});

test('pings may come anywhere', () => {
  expect(brokenBy(whole.flatMap((event) => [{ type: 'ping' }, event]))).toEqual([]);
});

const call = at('content_block_start', 2);
const delta = at('message_delta');
const block = (kind: object) => ({ content_block: kind });

test.each<[GrammarRule, string, readonly MessageEvent[]]>([
  ['type', 'has an event of another API', [{ type: 'response.created' }, ...whole]],
  ['start', 'begins with a block', without(0)],
  ['start', 'begins twice', twice(0)],
  [
    'start',
    'begins with content',
    changed(0, { message: { ...(whole[0]?.message as object), content: [{}] } }),
  ],
  ['usage', 'begins without usage', changed(0, { message: { ...(whole[0]?.message as object), usage: {} } })],
  ['index', 'numbers its blocks wrongly', changed(call, { index: 3 })],
  ['index', 'opens a block while one is open', without(at('content_block_stop', 1))],
  ['block', 'has a block of no kind', changed(call, block({ type: 'image' }))],
  [
    'block',
    'begins a call with its input',
    changed(call, block({ type: 'tool_use', id: 'i', name: 'n', input: { a: 1 } })),
  ],
  [
    'block',
    'has a call without a name',
    changed(call, block({ type: 'tool_use', id: 'i', name: '', input: {} })),
  ],
  [
    'block',
    'begins a text with text',
    changed(at('content_block_start', 1), block({ type: 'text', text: 'so' })),
  ],
  ['delta', 'has text in a call', changed(call + 1, { delta: { type: 'text_delta', text: 'x' } })],
  ['delta', 'has a delta of a block that is not open', changed(call + 1, { index: 0 })],
  ['stop', 'ends a block twice', twice(at('content_block_stop', 2))],
  ['signature', 'leaves thinking without a signature', without(at('content_block_stop', 0) - 1)],
  [
    'signature',
    'thinks on after the signature',
    twice(2)
      .with(4, whole[2] as MessageEvent)
      .with(3, whole[3] as MessageEvent),
  ],
  ['input', 'breaks the input of a call off', without(call + 2)],
  ['reason', 'ends without a reason', without(delta)],
  ['reason', 'ends for no reason', changed(delta, { delta: { stop_reason: null, stop_sequence: null } })],
  [
    'reason',
    'forgets its calls',
    changed(delta, { delta: { stop_reason: 'end_turn', stop_sequence: null } }),
  ],
  [
    'reason',
    'stops at no sequence',
    changed(delta, { delta: { stop_reason: 'stop_sequence', stop_sequence: null } }),
  ],
  ['usage', 'counts down', changed(delta, { usage: { output_tokens: 0 } })],
  ['end', 'goes on after its end', [...whole, { type: 'message_stop' }]],
  [
    'error',
    'ends with an error of no type',
    [{ type: 'error', error: { type: 'server_error', message: 'x' } }],
  ],
  ['error', 'ends with an error without a message', [{ type: 'error', error: { type: 'api_error' } }]],
])('%s: a stream that %s is found', (rule, _, events) => {
  expect(brokenBy(events)).toContain(rule);
});

test('a call that a token limit cut off is none of the stream’s faults', () => {
  const cut = without(call + 2).with(delta - 1, {
    type: 'message_delta',
    delta: { stop_reason: 'max_tokens', stop_sequence: null },
    usage: { output_tokens: 9 },
  });
  expect(brokenBy(cut)).toEqual([]);
});

test('two calls with one id are found', () => {
  expect(brokenBy(streamOf([callOf('t1', ['{}']), callOf('t1', ['{}'])]))).toEqual(['block']);
});

test('frames must be named, be JSON, and be no frames of a chat', () => {
  const frames = [
    { event: 'ping', data: '{"type":"ping"}' },
    { data: '{"type":"ping"}' },
    { event: 'ping', data: '{' },
    { event: 'message', data: '[DONE]' },
  ];
  const { events, findings } = readEvents(frames);
  expect(events).toHaveLength(2);
  expect(findings.map(({ at: place }) => place)).toEqual([1, 2, 3]);
});
