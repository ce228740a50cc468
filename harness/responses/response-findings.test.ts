import { expect, test } from '@jest/globals';
import type { JsonRecord } from '../plan/json.ts';
import type { ResponseEvent } from './event-types.ts';
import { findingText } from './finding.ts';
import { checkEvents } from './grammar.ts';
import { swapped, where } from './test-changes.ts';
import { numbered, responseOf, type Said, streamOf } from './test-streams.ts';

const text: Said[] = [{ says: 'text', deltas: ['Hi'] }];
const added = 'response.output_item.added';

/** What fails after an item, as failed responses have it. */
const failing = (said: readonly Said[], response: JsonRecord): ResponseEvent[] =>
  numbered([
    ...streamOf(said).slice(0, -1),
    { type: 'response.failed', response: responseOf({ status: 'failed', ...response }) },
  ]);
const error = { code: 'server_error', message: 'It broke off.' };

const cases: Readonly<Record<string, readonly [events: readonly ResponseEvent[], finding: string]>> = {
  'text of a response that nobody created': [
    numbered(streamOf(text).slice(2)),
    'it comes before response.created (lifecycle)',
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
};

test.each(Object.entries(cases))('%s is found', (_name, [events, finding]) => {
  const says = checkEvents(events).map((found) => findingText(found).replace(/^\d+ \S+: /, ''));
  expect(says).toContain(finding);
});
