import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChatPiece } from './chat-delta.ts';
import { type AssemblyOptions, ResponseAssembly } from './response-assembly.ts';
import type { ResponseEvent, ResponseObject } from './response-event.ts';

const base = { id: 'resp_1', object: 'response', created_at: 1, status: 'in_progress', output: [] };

function assemblyOf(options: Partial<AssemblyOptions> = {}) {
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${++ids}`;
  return new ResponseAssembly(base as unknown as ResponseObject, { newId, ...options });
}

const piece = (delta: object, finish: string | null = null): ChatPiece => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const said = (content: string) => piece({ content });
const called = (index: number, fields: object, id?: string) =>
  piece({ tool_calls: [{ index, ...(id ? { id } : {}), function: fields }] });

/** All events of a response made of these chunks. */
function eventsOf(pieces: readonly ChatPiece[], options: Partial<AssemblyOptions> = {}): ResponseEvent[] {
  const assembly = assemblyOf(options);
  const events = [...assembly.begin(), ...pieces.flatMap((one) => assembly.push(one))];
  assembly.endTurn();
  return [...events, ...assembly.out.take(), ...assembly.complete(2)];
}

const typesOf = (events: readonly ResponseEvent[]) =>
  events.map(({ type }) => type.replace('response.', '')).join(' ');
const responseOf = (events: readonly ResponseEvent[]) => events.at(-1)?.response as ResponseObject;

test('text is one message with one part, told in the order of the grammar', () => {
  const events = eventsOf([
    piece({ role: 'assistant', content: '' }),
    said('a'),
    said('b'),
    piece({}, 'stop'),
  ]);
  expect(typesOf(events)).toBe(
    'created in_progress output_item.added content_part.added output_text.delta output_text.delta ' +
      'output_text.done content_part.done output_item.done completed',
  );
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  expect(responseOf(events)).toMatchObject({ status: 'completed', completed_at: 2 });
  expect(responseOf(events).output).toMatchObject([{ content: [{ type: 'output_text', text: 'ab' }] }]);
});

test.each(['reasoning_content', 'reasoning'])('%s is an item of its own before the text', (field) => {
  const events = eventsOf([piece({ [field]: 'a' }), piece({ [field]: 'b' }), said('x')]);
  expect(typesOf(events)).toContain(
    'reasoning_text.delta reasoning_text.delta reasoning_text.done content_part.done output_item.done output_item.added',
  );
  expect(responseOf(events).output).toMatchObject([
    { type: 'reasoning', summary: [], content: [{ text: 'ab' }] },
    { type: 'message', content: [{ text: 'x' }] },
  ]);
});

test('without reasoning there is no reasoning item, whatever was asked for', () => {
  const events = eventsOf([piece({ reasoning_content: null }), said('x')], { summary: 'auto' });
  expect(responseOf(events).output.map(({ type }) => type)).toEqual(['message']);
});

test('a summary that was asked for ends before its item', () => {
  const events = eventsOf([piece({ reasoning: 'one\n\ntwo' })], { summary: 'concise' });
  expect(typesOf(events)).toContain(
    'reasoning_summary_part.added reasoning_summary_text.delta reasoning_summary_text.done ' +
      'reasoning_summary_part.done output_item.done',
  );
  expect(responseOf(events).output[0]?.summary).toEqual([{ type: 'summary_text', text: 'one' }]);
});

test('a refusal after text is the next part of the same message', () => {
  const events = eventsOf([said('Well. '), piece({ refusal: 'No' }), piece({ refusal: 'pe' })]);
  expect(events.filter(({ type }) => type === 'response.refusal.done')).toMatchObject([
    { refusal: 'Nope', content_index: 1 },
  ]);
  expect(responseOf(events).output).toMatchObject([
    { content: [{ text: 'Well. ' }, { type: 'refusal', refusal: 'Nope' }] },
  ]);
});

test('citations of either shape belong to the text', () => {
  const nested = {
    type: 'url_citation',
    url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 },
  };
  const flat = { type: 'file_citation', file_id: 'file_1', filename: 'f', index: 0 };
  const events = eventsOf([
    said('x'),
    piece({ annotations: [nested] }),
    piece({ annotations: [flat, null] }),
  ]);
  expect(events.filter(({ type }) => type.endsWith('annotation.added'))).toMatchObject([
    { annotation_index: 0, annotation: { type: 'url_citation', url: 'u' } },
    { annotation_index: 1, annotation: flat },
  ]);
  expect(responseOf(events).output).toMatchObject([{ content: [{ annotations: [{ url: 'u' }, flat] }] }]);
});

test('text that names a found file by its id cites it, before the text is done', () => {
  const assembly = assemblyOf();
  assembly.begin();
  assembly.out.foundFiles.set('file_1', 'a.txt').set('file_2', 'b.txt');
  assembly.push(said('As fi'));
  assembly.push(said('le_2 says'));
  const events = assembly.complete(2);
  expect(typesOf(events)).toMatch(/^output_text.annotation.added output_text.done /);
  expect(responseOf(events).output).toMatchObject([
    {
      content: [{ annotations: [{ type: 'file_citation', file_id: 'file_2', filename: 'b.txt', index: 1 }] }],
    },
  ]);
});

test('parallel calls are items of their own, also when their fragments alternate', () => {
  const events = eventsOf([
    called(0, { name: 'a', arguments: '' }, 'c1'),
    called(1, { name: 'b', arguments: '' }, 'c2'),
    called(0, { arguments: '{"x"' }),
    called(1, { arguments: '{}' }),
    called(0, { arguments: ':1}' }),
    piece({}, 'tool_calls'),
  ]);
  expect(responseOf(events).output).toMatchObject([
    { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{"x":1}', status: 'completed' },
    { type: 'function_call', call_id: 'c2', name: 'b', arguments: '{}', status: 'completed' },
  ]);
});

test('calls that an upstream gives the same index are told apart by their ids', () => {
  const events = eventsOf([
    called(0, { name: 'a', arguments: '{}' }, 'c1'),
    called(0, { name: 'a', arguments: '{}' }, 'c2'),
  ]);
  expect(responseOf(events).output.map(({ call_id }) => call_id)).toEqual(['c1', 'c2']);
});

test('a name in pieces, a call without id and one without arguments are whole calls', () => {
  const events = eventsOf([called(0, { name: 'get_' }), called(0, { name: 'time' })]);
  expect(responseOf(events).output).toMatchObject([
    { name: 'get_time', arguments: '', call_id: expect.stringMatching(/^call_/) },
  ]);
});

test('calls that the gateway answers are left to it', () => {
  const assembly = assemblyOf({ isHosted: (name) => name === 'search' });
  assembly.begin();
  const events = [
    ...assembly.push(called(0, { name: 'search', arguments: '{"q"' }, 'c1')),
    ...assembly.push(called(0, { arguments: ':1}' })),
  ];
  expect(events).toEqual([]);
  expect(assembly.endTurn()).toMatchObject({
    isLast: false,
    hostedCalls: [{ callId: 'c1', name: 'search', arguments: '{"q":1}' }],
  });
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])('an answer cut by %s is incomplete, and so is its item', (finish, reason) => {
  const response = responseOf(eventsOf([said('a'), piece({}, finish)]));
  expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason } });
  expect(response.output).toMatchObject([{ status: 'incomplete' }]);
});

test('an answer without output is an empty message', () => {
  expect(responseOf(eventsOf([piece({}, 'stop')])).output).toMatchObject([{ content: [{ text: '' }] }]);
});

test('a failure ends what was open, as incomplete, and says its code', () => {
  const assembly = assemblyOf();
  assembly.begin();
  assembly.push(said('half'));
  const events = assembly.fail({ code: 'server_error', message: 'gone' });
  expect(typesOf(events)).toBe('output_text.done content_part.done output_item.done failed');
  expect(responseOf(events)).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  expect(responseOf(events).output).toMatchObject([{ status: 'incomplete', content: [{ text: 'half' }] }]);
});

test('usage is told once, at the end, as the sum of all rounds', () => {
  const usage = (prompt: number, completion: number): ChatPiece => ({
    choices: [],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  });
  const events = eventsOf([said('a'), usage(3, 1), usage(4, 2)]);
  expect(responseOf(events).usage).toMatchObject({ input_tokens: 7, output_tokens: 3, total_tokens: 10 });
  const before = events
    .slice(0, -1)
    .flatMap(({ response }) => (response ? [response as ResponseObject] : []));
  expect(before.every((response) => response.usage === undefined || response.usage === null)).toBe(true);
});

test('whatever comes in whatever pieces, deltas add up to what is done, and the last event holds every item', () => {
  const delta = fc.oneof(
    fc.record({ content: fc.string() }),
    fc.record({ refusal: fc.string() }),
    fc.record({ reasoning: fc.string() }),
    fc.tuple(fc.nat({ max: 2 }), fc.string()).map(([index, args]) => ({
      tool_calls: [{ index, function: { name: `f${index}`, arguments: args } }],
    })),
  );
  fc.assert(
    fc.property(fc.array(delta, { maxLength: 30 }), (deltas) => {
      const events = eventsOf(deltas.map((one) => piece(one)));
      const texts = new Map<string, string>();
      for (const event of events) {
        const key = `${event.item_id} ${event.content_index}`;
        if (event.type.endsWith('.delta')) texts.set(key, (texts.get(key) ?? '') + event.delta);
        const whole = event.text ?? event.refusal ?? event.arguments;
        if (event.type.endsWith('.done') && whole !== undefined) expect(texts.get(key) ?? '').toBe(whole);
      }
      const done = events.filter(({ type }) => type === 'response.output_item.done');
      const ordered = done.toSorted((a, b) => Number(a.output_index) - Number(b.output_index));
      expect(ordered.map(({ item }) => item)).toEqual(responseOf(events).output);
      expect(ordered.map(({ output_index }) => output_index)).toEqual(ordered.map((_, index) => index));
    }),
  );
});
