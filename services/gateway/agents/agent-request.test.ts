import { expect, test } from '@jest/globals';
import { competitorsOf } from '../competitors.ts';
import { targetsOf } from '../model/target.ts';
import { agentOf, capabilityIn, checkContent, checkDirectory } from './agent-request.ts';

const competitors = competitorsOf({ cli: 'http://cli', langchain: 'http://langchain' });
const providers = [{ id: 'one', baseUrl: 'http://one/v1', models: { small: 'small-1' } }];
const targets = targetsOf(competitors, providers);

test.each([
  ['nothing', {}, 'baseline-cli-agent'],
  ['nulls', { agent: null, model: null }, 'baseline-cli-agent'],
  ['defaults', { agent: 'default', model: 'default' }, 'baseline-cli-agent'],
  ['an agent by its id', { agent: 'baseline-langchain' }, 'baseline-langchain'],
  ['an agent by another name', { agent: 'baseline-cli', model: 'default' }, 'baseline-cli-agent'],
  ['a model as the agent', { agent: 'small' }, 'small'],
  ['a model', { model: 'small' }, 'small'],
  ['the same twice', { agent: 'small', model: 'small' }, 'small'],
])('a start that names %s has its agent', (_, asked, agent) => {
  expect(agentOf(asked, competitors, targets)).toBe(agent);
});

test.each([
  ['an unknown agent', { agent: 'nobody' }, 404, 'agent'],
  ['an unknown model', { model: 'nothing' }, 404, 'model'],
  ['a model beside an agent', { agent: 'baseline-cli', model: 'small' }, 400, 'model'],
])('%s is refused', (_, asked, statusCode, param) => {
  expect(() => agentOf(asked, competitors, targets)).toThrow(
    expect.objectContaining({ statusCode, body: { error: expect.objectContaining({ param }) } }),
  );
});

test('a text is measured as JSON, which is how it is kept', () => {
  expect(checkContent('x'.repeat(262_142), 'prompt')).toHaveLength(262_142);
  for (const long of ['x'.repeat(262_143), '\u0000'.repeat(50_000)]) {
    expect(() => checkContent(long, 'prompt')).toThrow(expect.objectContaining({ statusCode: 413 }));
  }
  expect(() => checkContent(' \n\t', 'prompt')).toThrow(expect.objectContaining({ statusCode: 400 }));
});

test('a label is kept as it was sent, beside what it means', () => {
  expect(capabilityIn(' ASK ', '')).toEqual({ capability: 'continue', label: ' ASK ' });
  expect(capabilityIn('resume', '')).toEqual({ capability: 'resume', label: 'resume' });
  expect(capabilityIn(null, '')).toEqual({ capability: null, label: null });
  expect(() => capabilityIn('Pause', 'sess_1')).toThrow(
    expect.objectContaining({
      statusCode: 501,
      body: expect.objectContaining({ capability: 'pause', session_id: 'sess_1', status: 'failed' }),
    }),
  );
});

test('a directory is refused, but for the one that every agent is in', () => {
  for (const here of [undefined, null, '', '.']) expect(() => checkDirectory(here)).not.toThrow();
  expect(() => checkDirectory('/etc')).toThrow(expect.objectContaining({ statusCode: 400 }));
});
