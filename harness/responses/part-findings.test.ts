import { expect, test } from '@jest/globals';
import type { ResponseEvent } from './event-types.ts';
import { findingText } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { swapped, where, without } from './test-changes.ts';
import type { Said } from './test-streams.ts';

const text: Said[] = [{ says: 'text', deltas: ['Hi'] }];
const call: Said[] = [{ says: 'function', deltas: ['{}'] }];
const summary: Said[] = [{ says: 'summary', parts: [['Hm']] }];
const cited: Said[] = [{ says: 'text', deltas: ['Hi'], citations: 1 }];
const added = 'response.output_item.added';
const done = 'response.output_item.done';

const cases: Readonly<Record<string, readonly [events: readonly ResponseEvent[], finding: string]>> = {
  'text of an item that is not there': [without(text, added), 'there is no item 0 yet (item)'],
  'text in an item that calls': [
    where(call, 'response.function_call_arguments.delta', {
      event: { type: 'response.mcp_call_arguments.delta' },
    }),
    'item 0 is "function_call" (place)',
  ],
  'an item that is added with its text': [
    where(text, added, { item: { content: [{ type: 'output_text', text: 'Hi', annotations: [] }] } }),
    'it is added with parts in it (part)',
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
