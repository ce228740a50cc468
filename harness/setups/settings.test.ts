import { expect, test } from '@jest/globals';
import type { Given } from './model-settings.ts';
import { forSuites, settleSettings } from './settings.ts';
import { parseStackConfig } from './stack-config.ts';

const given = (
  flags: Given['flags'],
  environment: Given['environment'] = {},
  set: Given['set'] = {},
): Given => ({ flags, environment, set });
const settle = (...what: Parameters<typeof given>) => settleSettings({ given: given(...what) });

// covers 002/setups
test('a setup fills in provider and models, and says so of each', () => {
  const { setup, models, routes } = settle({ '--setup': 'openai' });
  expect(setup).toEqual({ value: 'openai', from: '--setup' });
  expect(models.text).toEqual({ value: ['gpt-6-luna'], from: 'setup openai' });
  expect(models.embedding).toEqual({ value: ['text-embedding-3-small'], from: 'setup openai' });
  expect(models.dimension).toEqual({ value: [1536], from: 'setup openai' });
  expect(routes[0].baseUrl).toEqual({ value: 'https://api.openai.com/v1', from: 'setup openai' });
  expect(routes).toHaveLength(1);
});

test('a model that a flag names leaves the dimension to the setup', () => {
  const { models } = settle({ '--setup': 'openai', '--embedding-model': 'other' });
  expect(models.embedding).toEqual({ value: ['other'], from: '--embedding-model' });
  expect(models.dimension).toEqual({ value: [1536], from: 'setup openai' });
});

test('a dimension that a flag names counts, although it is the usual one', () => {
  const { models } = settle({ '--setup': 'openai', '--embedding-dimension': '768' });
  expect(models.dimension).toEqual({ value: [768], from: '--embedding-dimension' });
});

test('the usual dimension hides no setup, and stands in where a setup has none', () => {
  expect(settle({ '--setup': 'mistral' }).models.dimension.value).toEqual([1024]);
  expect(settle({ '--setup': 'groq' }).models.dimension).toEqual({ value: [768], from: 'default' });
});

test('a flag goes before --env, that before the environment, that before the setup', () => {
  const environment = { TEXT_MODEL: 'of-environment' };
  const set = { TEXT_MODEL: 'of-option' };
  const text = (...what: Parameters<typeof given>) => settle(...what).models.text;
  expect(text({ '--text-model': 'of-flag' }, environment, set)).toEqual({
    value: ['of-flag'],
    from: '--text-model',
  });
  expect(text({}, environment, set)).toEqual({ value: ['of-option'], from: '--env TEXT_MODEL' });
  expect(text({}, environment)).toEqual({ value: ['of-environment'], from: 'TEXT_MODEL of the environment' });
  expect(text({}, { TEXT_MODEL: '' })).toEqual({ value: ['scripted'], from: 'setup scripted' });
});

test('an empty flag means no model', () => {
  const { models } = settle({ '--setup': 'openai', '--vision-model': '' });
  expect(models.vision).toEqual({ value: [], from: '--vision-model' });
});

test('lists lose blanks and repetitions and keep their order', () => {
  expect(settle({ '--text-model': 'b, a,,b' }).models.text.value).toEqual(['b', 'a']);
});

test.each([
  ['--text-model', 'two words', /"two words" is not a model/],
  ['--text-model', 'a","b', /is not a model/],
  ['--embedding-dimension', '0', /"0" is not a dimension/],
  ['--embedding-dimension', '1.5', /"1.5" is not a dimension/],
  ['--embedding-dimension', '65537', /"65537" is not a dimension/],
])('%s %s is refused by name', (flag, value, says) => {
  expect(() => settle({ [flag]: value })).toThrow(says);
  expect(() => settle({ [flag]: value })).toThrow(new RegExp(`^${flag} cannot be used`));
});

test('an unknown setup lists the setups, wherever it was named', () => {
  expect(() => settle({ '--setup': 'opnai' })).toThrow('--setup: there is no provider "opnai"');
  expect(() => settle({}, { GAUNTLET_SETUP: 'opnai' })).toThrow(
    'GAUNTLET_SETUP: there is no provider "opnai"',
  );
  expect(() => settle({ '--setup': '' })).toThrow('there is no provider ""');
});

test('a named setup goes before that of a group of suites, which goes before the usual one', () => {
  const groupSetup = { value: 'groq', from: 'suite vision' };
  const of = (flags: Given['flags'], environment = {}) =>
    settleSettings({ given: given(flags, environment), groupSetup }).setup;
  expect(of({})).toEqual(groupSetup);
  expect(of({}, { GAUNTLET_SETUP: 'openai' })).toEqual({ value: 'openai', from: 'GAUNTLET_SETUP' });
  expect(of({ '--setup': 'mistral' })).toEqual({ value: 'mistral', from: '--setup' });
  expect(settle({}).setup).toEqual({ value: 'scripted', from: 'default' });
});

// covers 002/ad-hoc-stack
test('a composed stack has the models of its providers, and none that it does not name', () => {
  const adHoc = parseStackConfig('inference=remote::ollama,embeddings=openai');
  if (adHoc.kind !== 'ad-hoc') throw new Error('not composed');
  const { models, routes } = settleSettings({ given: given({}), adHoc });
  expect(models.text.value).toEqual(['tiny']);
  expect(models.embedding.value).toEqual(['text-embedding-3-small']);
  expect(models.dimension.value).toEqual([1536]);
  expect(models.vision.value).toEqual([]);
  expect(routes.map(({ provider, models: asked }) => [provider.name, asked])).toEqual([
    ['ollama', ['tiny']],
    ['openai', ['text-embedding-3-small']],
  ]);
});

// covers 002/env-option
test('the address of a provider comes from its variable, with a version if it has none', () => {
  const url = (value: string) => settle({ '--setup': 'vllm' }, {}, { VLLM_URL: value }).routes[0].baseUrl;
  expect(url('http://10.0.0.7:8000')).toEqual({ value: 'http://10.0.0.7:8000/v1', from: '--env VLLM_URL' });
  expect(url('http://10.0.0.7:8000/api/v2/').value).toBe('http://10.0.0.7:8000/api/v2');
  expect(url('http://127.0.0.1:8000/v1').value).toBe('http://localhost:8000/v1');
});

test('an address that is none is refused without being repeated', () => {
  const settleUrl = () => settle({ '--setup': 'vllm' }, { VLLM_URL: 'user:hidden@host' });
  expect(settleUrl).toThrow('VLLM_URL of the environment cannot be used: it is no http(s) URL');
  expect(settleUrl).not.toThrow(/hidden/);
});

test.each([
  ['sk-planted\n', 'line break'],
  ['sk-planted and more', 'white space'],
  ['"sk-planted"', 'quote'],
  ['sk-plänted', 'no header takes'],
])('the key %j is refused with its variable and without its value', (key, says) => {
  const settleKey = () => settle({ '--setup': 'openai' }, { OPENAI_API_KEY: key });
  expect(settleKey).toThrow(new RegExp(`^OPENAI_API_KEY of the environment cannot be used: .*${says}`));
  expect(settleKey).not.toThrow(/pl[aä]nted/);
});

test('the second variable of a key counts where the first is not set', () => {
  const { key } = settle({ '--setup': 'gemini' }, { GEMINI_API_KEY: '', GOOGLE_API_KEY: 'AIza' }).routes[0];
  expect(key).toEqual({ value: 'AIza', from: 'GOOGLE_API_KEY of the environment' });
});

test('suites are told models and no key or address', () => {
  const told = forSuites(settle({ '--setup': 'openai' }, { OPENAI_API_KEY: 'sk-planted' }));
  expect(told).toMatchObject({ setup: 'openai', isUsual: false, isScripted: false, ownDimension: 1536 });
  expect(JSON.stringify(told)).not.toMatch(/planted|https/);
  const groupSetup = { value: 'scripted', from: 'suite base' };
  expect(forSuites(settleSettings({ given: given({}), groupSetup })).isUsual).toBe(true);
  expect(forSuites(settle({}))).toMatchObject({ setup: 'scripted', isUsual: true, isScripted: true });
});
