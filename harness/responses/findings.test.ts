import { expect, test } from '@jest/globals';
import type { JsonRecord } from '../plan/json.ts';
import type { ResponseEvent } from './event-types.ts';
import { findingText } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { numbered, responseOf, type Said, streamOf } from './test-streams.ts';

/** Changes the events of one type: fields of the event, of its response, its item or its part. */
const where = (
  said: readonly Said[],
  type: string,
  { event = {}, response, item, part }: Record<string, JsonRecord>,
): ResponseEvent[] =>
  streamOf(said).map((each) => {
    if (each.type !== type) return each;
    const inside = Object.entries({ response, item, part }).flatMap(([name, change]) =>
      change ? [[name, { ...(each[name] as JsonRecord), ...change }]] : [],
    );
    return { ...each, ...event, ...Object.fromEntries(inside) };
  });
const without = (said: readonly Said[], type: string): ResponseEvent[] =>
  numbered(streamOf(said).filter((event) => event.type !== type));
/** The events of those types change places. */
const swapped = (said: readonly Said[], one: string, other: string): ResponseEvent[] => {
  const events = streamOf(said);
  const at = (type: string) => events.findIndex((event) => event.type === type);
  const [first, second] = [events[at(one)], events[at(other)]] as [ResponseEvent, ResponseEvent];
  return numbered(events.with(at(one), second).with(at(other), first));
};

const text: Said[] = [{ says: 'text', deltas: ['Hi'] }];
const call: Said[] = [{ says: 'function', deltas: ['{}'] }];
const mcp: Said[] = [{ says: 'mcp', deltas: ['{}'] }];
const search: Said[] = [{ says: 'file search' }];
const summary: Said[] = [{ says: 'summary', parts: [['Hm']] }];
const cited: Said[] = [{ says: 'text', deltas: ['Hi'], citations: 1 }];
const added = 'response.output_item.added';
const done = 'response.output_item.done';

/** What fails after an item, as failed responses have it. */
const failing = (said: readonly Said[], response: JsonRecord): ResponseEvent[] =>
  numbered([
    ...streamOf(said).slice(0, -1),
    { type: 'response.failed', response: responseOf({ status: 'failed', ...response }) },
  ]);
const error = { code: 'server_error', message: 'It broke off.' };

const cases: Readonly<Record<string, readonly [events: readonly ResponseEvent[], finding: string]>> = {
  'arguments before the call is under way': [
    swapped(mcp, 'response.mcp_call.in_progress', 'response.mcp_call_arguments.delta'),
    'arguments come when the call is under way (call)',
  ],
  'a call that is over before it was under way': [
    without(mcp, 'response.mcp_call.in_progress'),
    'completed comes before in_progress (call)',
  ],
  'a call that goes back': [
    swapped(search, 'response.file_search_call.searching', 'response.file_search_call.completed'),
    'searching comes after completed (call)',
  ],
  'a call that is over before its arguments are': [
    without(mcp, 'response.mcp_call_arguments.done'),
    'it ends before its arguments do (call)',
  ],
  'a function call whose arguments have no end': [
    without(call, 'response.function_call_arguments.done'),
    'the item ends before its arguments do (close)',
  ],
  'an item that ends otherwise than its call': [
    where(search, done, { item: { status: 'failed' } }),
    'the call is completed, its item failed (call)',
  ],
  'text of a response that nobody created': [
    numbered(streamOf(text).slice(2)),
    'it comes before response.created (lifecycle)',
  ],
  'text of an item that is not there': [without(text, added), 'there is no item 0 yet (item)'],
  'text in an item that calls': [
    where(call, 'response.function_call_arguments.delta', {
      event: { type: 'response.mcp_call_arguments.delta' },
    }),
    'item 0 is "function_call" (place)',
  ],
  'an item under an index that is not the next': [
    where(text, added, { event: { output_index: 1 } }),
    'item 1 is added where 0 is next (item)',
  ],
  'an item without an id': [
    where(text, added, { item: { id: '' } }),
    'it is added without an id or type (item)',
  ],
  'two items of one id': [
    where([...text, ...text], added, { item: { id: 'item_0' } }),
    'there is an item "item_0" already (item)',
  ],
  'two calls of one id': [
    where([...call, ...call], added, { item: { call_id: 'call_0' } }),
    'there is a call "call_0" already (item)',
  ],
  'an added item that lacks a field': [
    where(call, added, { item: { name: 7 } }),
    'function_call lacks name (item)',
  ],
  'a done item that lacks a field': [
    where(search, done, { item: { queries: null } }),
    'file_search_call lacks queries (item)',
  ],
  'an item that is done when it is added': [
    where(text, added, { item: { status: 'completed' } }),
    'it is added as "completed" (item)',
  ],
  'an item that is added with its text': [
    where(text, added, { item: { content: [{ type: 'output_text', text: 'Hi', annotations: [] }] } }),
    'it is added with parts in it (part)',
  ],
  'a call that is added with its arguments': [
    where(call, added, { item: { arguments: '{}' } }),
    'it is added with arguments in it (call)',
  ],
  'an item that ends in progress': [
    where(text, done, { item: { status: 'in_progress' } }),
    'it ends in progress (close)',
  ],
  'an item that ends with other arguments': [
    where(call, done, { item: { arguments: '[]' } }),
    'arguments end as "[]", they were "{}" (close)',
  ],
  'an item that ends without its text': [
    where(text, done, { item: { content: [] } }),
    '0 parts of its content where 1 were streamed (close)',
  ],
  'an item that ends with another text': [
    where(text, done, { item: { content: [{ type: 'output_text', text: 'Ho', annotations: [] }] } }),
    'the part ends with "Ho", its deltas say "Hi" (close)',
  ],
  'an item that ends without its citation': [
    where(cited, done, { item: { content: [{ type: 'output_text', text: 'Hi', annotations: [] }] } }),
    'the part has the annotations [], its events [{"type":"file_citation","file_id":"file_0","filename":"n... (close)',
  ],
  'a summary that ends otherwise in its item': [
    where(summary, done, { item: { summary: [{ type: 'summary_text', text: 'Ho' }] } }),
    'the part ends with "Ho", its deltas say "Hm" (close)',
  ],
  'a response that lacks a field': [
    where(text, 'response.created', { response: { tools: null } }),
    'it lacks tools (response)',
  ],
  'a response that is over when it is created': [
    where(text, 'response.created', { response: { status: 'completed' } }),
    'its response is "completed" (lifecycle)',
  ],
  'another response than before': [
    where(text, 'response.completed', { response: { id: 'resp_2' } }),
    'the response was "resp_1" and is "resp_2" (lifecycle)',
  ],
  'a response of another time than before': [
    where(text, 'response.completed', { response: { created_at: 5 } }),
    'it was created at another time (lifecycle)',
  ],
  'a complete response with an error': [
    where(text, 'response.completed', { response: { error } }),
    'response.completed with an error (lifecycle)',
  ],
  'a complete response that says why it is not': [
    where(text, 'response.completed', { response: { incomplete_details: { reason: 'max_output_tokens' } } }),
    'incomplete_details.reason is "max_output_tokens" (lifecycle)',
  ],
  'a response under way after an item': [
    swapped(text, 'response.in_progress', added),
    'it comes after an item (lifecycle)',
  ],
  'a failure without an error': [failing(text, {}), 'it says no error (lifecycle)'],
  'a failed response with an item that was not streamed': [
    failing(text, { error, output: [{ id: 'item_7' }] }),
    '"item_7" was not streamed (output)',
  ],
  'a failed response with an item that ended otherwise': [
    failing(text, { error, output: [{ id: 'item_0', content: [] }] }),
    '"item_0" ended otherwise (output)',
  ],
  'a complete response whose item ended otherwise': [
    where(text, 'response.completed', { response: { output: [{ id: 'item_0', content: [] }] } }),
    'item 0 ended otherwise (output)',
  ],
  'a complete response without its usage': [
    where(text, 'response.completed', { response: { usage: null } }),
    'it is not told (usage)',
  ],
  'a usage without its details': [
    where(text, 'response.completed', {
      response: { usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } },
    }),
    'it lacks its details (usage)',
  ],
  'text of a part that is not there': [
    without(text, 'response.content_part.added'),
    'there is no part 0 yet (part)',
  ],
  'a refusal in a part of text': [
    where(text, 'response.output_text.delta', { event: { type: 'response.refusal.delta' } }),
    'part 0 is output_text (part)',
  ],
  'a part of a kind that its item does not have': [
    where(text, 'response.content_part.added', { part: { type: 'reasoning_text', text: '' } }),
    'no message has a part "reasoning_text" (part)',
  ],
  'a part under an index that is not the next': [
    where(text, 'response.content_part.added', { event: { content_index: 1 } }),
    'part 1 is added where 0 is next (part)',
  ],
  'a part that begins with its text': [
    where(text, 'response.content_part.added', { part: { text: 'Hi' } }),
    'a part begins with the text "Hi" (part)',
  ],
  'a text that begins without annotations': [
    where(text, 'response.content_part.added', { part: { annotations: null } }),
    'a text begins with an empty list of annotations (part)',
  ],
  'a part that ends before its text': [
    swapped(text, 'response.output_text.done', 'response.content_part.done'),
    'the part ends before its text does (close)',
  ],
  'a part that ends as another': [
    where(text, 'response.content_part.done', { part: { type: 'refusal' } }),
    'a part "output_text" ends as "refusal" (close)',
  ],
  'a text that goes on after its end': [
    swapped(text, 'response.output_text.delta', 'response.output_text.done'),
    'its text had ended (text)',
  ],
  'a citation in a refusal': [
    where(cited, 'response.content_part.added', { part: { type: 'refusal', refusal: '' } }),
    'part is refusal (annotation)',
  ],
  'a citation after the part': [
    swapped(cited, 'response.output_text.annotation.added', 'response.content_part.done'),
    'the part had ended (annotation)',
  ],
  'a citation under an index that is not the next': [
    where(cited, 'response.output_text.annotation.added', { event: { annotation_index: 3 } }),
    '3 is added where 0 is next (annotation)',
  ],
  'a citation of nothing': [
    where(cited, 'response.output_text.annotation.added', {
      event: { annotation: { type: 'file_citation' } },
    }),
    'it lacks file_id, filename, index (annotation)',
  ],
  'a part of a summary under an index that is not the next': [
    where(summary, 'response.reasoning_summary_part.added', { event: { summary_index: 1 } }),
    'part 1 is added where 0 is next (summary)',
  ],
  'a part of a summary before the one before it has ended': [
    without([{ says: 'summary', parts: [['a'], ['b']] }], 'response.reasoning_summary_part.done'),
    'the part before it has not ended (summary)',
  ],
  'a part of a summary of another kind': [
    where(summary, 'response.reasoning_summary_part.added', { part: { type: 'output_text' } }),
    'it is "output_text" (summary)',
  ],
  'a summary that is not there': [
    without(summary, 'response.reasoning_summary_part.added'),
    'there is no part 0 yet (summary)',
  ],
  'a summary that goes on after its part': [
    swapped(summary, 'response.reasoning_summary_text.delta', 'response.reasoning_summary_part.done'),
    'part 0 had ended (summary)',
  ],
  'a part of a summary that ends before its text': [
    without(summary, 'response.reasoning_summary_text.done'),
    'the part ends before its text does (summary)',
  ],
  'a part of a summary that ends otherwise': [
    where(summary, 'response.reasoning_summary_part.done', { part: { text: 'Ho' } }),
    'it ends with "Ho", its deltas say "Hm" (summary)',
  ],
};

test.each(Object.entries(cases))('%s is found', (_name, [events, finding]) => {
  const says = checkEvents(events).map((found) => findingText(found).replace(/^\d+ \S+: /, ''));
  expect(says).toContain(finding);
});
