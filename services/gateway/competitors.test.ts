import { expect, test } from '@jest/globals';
import { competitorByName, competitorsOf, routeRequest } from './competitors.ts';

const both = competitorsOf({ cli: 'http://cli:8001/', langchain: 'http://lc:8002' });

test('the model id names the competitor', () => {
  expect(routeRequest(both, { model: 'baseline-langchain' })).toEqual({ competitor: both[1] });
});

test('competitor_id wins over the model', () => {
  expect(routeRequest(both, { model: 'baseline-langchain', competitor_id: 'baseline-cli-agent' })).toEqual({
    competitor: both[0],
  });
});

test('a null competitor_id counts as absent', () => {
  expect(routeRequest(both, { model: 'baseline-cli-agent', competitor_id: null })).toEqual({
    competitor: both[0],
  });
});

test('an unknown model has no default', () => {
  expect(routeRequest(both, { model: 'gpt-x' })).toEqual({ unknown: 'gpt-x', param: 'model' });
});

test('an unknown competitor_id is an error even beside a known model', () => {
  expect(routeRequest(both, { model: 'baseline-cli-agent', competitor_id: '' })).toEqual({
    unknown: '',
    param: 'competitor_id',
  });
});

test('a competitor without an address is not offered', () => {
  const one = competitorsOf({ cli: 'http://cli:8001' });
  expect(one.map(({ id }) => id)).toEqual(['baseline-cli-agent']);
  expect(routeRequest(one, { model: 'baseline-langchain' })).toHaveProperty('unknown');
});

test('debug endpoints know the aliases, and addresses lose their trailing slash', () => {
  expect(competitorByName(both, 'langchain')).toBe(both[1]);
  expect(competitorByName(both, 'agent-cli')?.url).toBe('http://cli:8001');
  expect(competitorByName(both, 'nobody')).toBeUndefined();
});
