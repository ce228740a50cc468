import { expect, test } from '@jest/globals';
import { competitorsOf } from '../competitors.ts';
import type { Target } from '../model/target.ts';
import { checkAgentRequest } from './agent-request.ts';

const [agent] = competitorsOf({ cli: 'http://cli:8001' });
const toAgent = { kind: 'agent', model: 'baseline-cli-agent', agent } as Target;
const toProvider = { kind: 'provider', model: 'm', providers: [] } as Target;
const check = (target: Target, fields: object) => () =>
  checkAgentRequest(target, { model: 'm', messages: [], ...fields } as never);

test.each([
  ['n', { n: 2 }],
  ['logprobs', { logprobs: true }],
  ['top_logprobs', { top_logprobs: 3 }],
])('an agent is not asked for %s, which it would leave out', (param, fields) => {
  const error = expect.objectContaining({ code: 'unsupported_parameter', param });
  expect(check(toAgent, fields)).toThrow(
    expect.objectContaining({ statusCode: 400, body: { error } }) as never,
  );
  expect(check(toProvider, fields)).not.toThrow();
});

test('one answer without probabilities is what an agent gives', () => {
  expect(check(toAgent, { n: 1, logprobs: false, top_logprobs: null })).not.toThrow();
});
