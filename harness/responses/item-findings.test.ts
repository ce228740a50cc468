import { expect, test } from '@jest/globals';
import type { ResponseEvent } from './event-types.ts';
import { findingText } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { swapped, where, without } from './test-changes.ts';
import type { Said } from './test-streams.ts';

const text: Said[] = [{ says: 'text', deltas: ['Hi'] }];
const call: Said[] = [{ says: 'function', deltas: ['{}'] }];
const mcp: Said[] = [{ says: 'mcp', deltas: ['{}'] }];
const search: Said[] = [{ says: 'file search' }];
const added = 'response.output_item.added';
const done = 'response.output_item.done';

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
};

test.each(Object.entries(cases))('%s is found', (_name, [events, finding]) => {
  const says = checkEvents(events).map((found) => findingText(found).replace(/^\d+ \S+: /, ''));
  expect(says).toContain(finding);
});
