import { expect, test } from '@jest/globals';
import { competitorsOf } from '../competitors.ts';
import { readProviders } from './provider.ts';
import { routeRequest, targetsOf } from './target.ts';

const agents = competitorsOf({ cli: 'http://cli:8001/', langchain: 'http://lc:8002' });
const providers = readProviders(
  JSON.stringify([
    { id: 'one', baseUrl: 'http://one/v1/', apiKeys: ['k1'], models: { fast: 'fast-2', shared: 'a' } },
    { id: 'two', baseUrl: 'http://two/v1', models: { shared: 'b', 'baseline-langchain': 'never' } },
  ]),
);
const targets = targetsOf(agents, providers);

test('the model id names the agent or the provider', () => {
  expect(routeRequest(targets, { model: 'baseline-langchain' })).toMatchObject({ agent: agents[1] });
  expect(routeRequest(targets, { model: 'fast' })).toMatchObject({
    providers: [{ baseUrl: 'http://one/v1' }],
  });
});

test('providers of one model stand in for each other, in their order', () => {
  expect(routeRequest(targets, { model: 'shared' })).toMatchObject({
    providers: [{ id: 'one' }, { id: 'two' }],
  });
});

test('competitor_id wins over the model, and null counts as absent', () => {
  const named = { model: 'baseline-langchain', competitor_id: 'baseline-cli-agent' };
  expect(routeRequest(targets, named)).toMatchObject({ agent: agents[0] });
  expect(routeRequest(targets, { ...named, competitor_id: null })).toMatchObject({ agent: agents[1] });
});

test.each([
  [{ model: 'gpt-x' }, 'model'],
  [{ model: 'fast', competitor_id: '' }, 'competitor_id'],
  [{ model: 'fast', competitor_id: 'fast' }, 'competitor_id'],
])('%j has no default and is refused by its %s', (request, param) => {
  expect(() => routeRequest(targets, request)).toThrow(
    expect.objectContaining({
      statusCode: 404,
      body: { error: expect.objectContaining({ code: 'model_not_found', param }) },
    }),
  );
});

test.each([
  ['{', 'is not JSON'],
  ['[{"id":"x","models":{}}]', 'not usable'],
  [
    JSON.stringify([
      { id: 'x', baseUrl: 'http://x/v1', models: {} },
      { id: 'x', baseUrl: 'http://x/v1', models: {} },
    ]),
    'twice',
  ],
  ['[{"id":"x","baseUrl":"http://x","models":{},"apiKey":"sk-secret"}]', 'not usable'],
])('providers %s are refused without repeating a key', (text, message) => {
  expect(() => readProviders(text)).toThrow(message);
  expect(() => readProviders(text)).not.toThrow('sk-secret');
});
