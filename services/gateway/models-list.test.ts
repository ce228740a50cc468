import { expect, test } from '@jest/globals';
import { anthropicPage, modelShapeOf } from './models-list.ts';

const models = ['a', 'b', 'c', 'd'].map((id) => ({ id, ownedBy: 'one' }));
const page = (request: Parameters<typeof anthropicPage>[1]) => {
  const { data, has_more, first_id, last_id } = anthropicPage(models, request);
  return [data.map(({ id }) => id).join(''), has_more, first_id, last_id];
};

test.each([
  ['openai', {}, {}],
  ['openai', { 'user-agent': 'my claude-cli' }, {}],
  ['claude-cli', { 'user-agent': 'claude-cli/1.0.2 (external)' }, {}],
  ['claude-cli', { 'user-agent': 'Claude-CLI/1.0' }, {}],
  ['anthropic', { 'user-agent': 'claude-cli/1.0', 'anthropic-version': '2023-06-01' }, {}],
  ['codex', { 'anthropic-version': '2023-06-01' }, { client_version: '0.99.0' }],
] as const)('the list is that of %s for %j with %j', (shape, headers, query) => {
  expect(modelShapeOf({ headers, query })).toBe(shape);
});

test('a page without a limit has everything, and says so', () => {
  expect(page({})).toEqual(['abcd', false, 'a', 'd']);
  expect(anthropicPage([], {})).toEqual({ data: [], has_more: false, first_id: '', last_id: '' });
});

test('pages follow each other forwards and backwards without a gap', () => {
  expect(page({ limit: 2 })).toEqual(['ab', true, 'a', 'b']);
  expect(page({ limit: 2, after_id: 'b' })).toEqual(['cd', false, 'c', 'd']);
  expect(page({ limit: 2, before_id: 'd' })).toEqual(['bc', true, 'b', 'c']);
  expect(page({ limit: 2, before_id: 'b' })).toEqual(['a', false, 'a', 'a']);
});

test('after a model that is not there comes nothing', () => {
  expect(page({ after_id: 'x' })).toEqual(['', false, '', '']);
});
