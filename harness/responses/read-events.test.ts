import { expect, test } from '@jest/globals';
import { readEvents } from './read-events.ts';

const created = '{"type":"response.created"}';

test('a frame that is named like its data is an event', () => {
  const frame = { event: 'response.created', data: created };
  expect(readEvents([frame])).toEqual({ events: [{ type: 'response.created' }], findings: [] });
});

test('a frame without a name, or with another one, is read and told', () => {
  const { events, findings } = readEvents([{ data: created }, { event: 'response.done', data: created }]);
  expect(events).toHaveLength(2);
  expect(findings.map(({ at, says }) => [at, says])).toEqual([
    [0, 'the frame is named nothing, its data is response.created'],
    [1, 'the frame is named response.done, its data is response.created'],
  ]);
});

test('[DONE], broken JSON and JSON without a type are no events', () => {
  const { events, findings } = readEvents([
    { data: '[DONE]' },
    { data: '{"type":' },
    { data: '[1]' },
    { data: '{}' },
  ]);
  expect(events).toEqual([]);
  expect(findings.map(({ rule }) => rule)).toEqual(['frame', 'frame', 'frame', 'frame']);
});
