import { expect, test } from '@jest/globals';
import { competitorByName, competitorsOf } from './competitors.ts';

const both = competitorsOf({ cli: 'http://cli:8001/', langchain: 'http://lc:8002' });

test('a competitor without an address is not offered', () => {
  const one = competitorsOf({ cli: 'http://cli:8001' });
  expect(one.map(({ id }) => id)).toEqual(['baseline-cli-agent']);
});

test('debug endpoints know the aliases, and addresses lose their trailing slash', () => {
  expect(competitorByName(both, 'langchain')).toBe(both[1]);
  expect(competitorByName(both, 'agent-cli')?.url).toBe('http://cli:8001');
  expect(competitorByName(both, 'nobody')).toBeUndefined();
});
