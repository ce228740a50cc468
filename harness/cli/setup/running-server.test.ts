import { expect, test } from '@jest/globals';
import type { Given } from '../../setups/model-settings.ts';
import { forSuites, settleSettings } from '../../setups/settings.ts';
import type { StackRecord } from '../../stack/run-folder.ts';
import type { RunSetup } from './run-setup.ts';
import { modelsOnKept } from './running-server.ts';

const settingsOf = (flags: Given['flags']) => settleSettings({ given: { flags, set: {}, environment: {} } });
const asking = (flags: Given['flags']) => ({ settings: settingsOf(flags) }) as RunSetup;

function keptWith(flags: Given['flags']): StackRecord {
  const variables = { GAUNTLET_MODELS: JSON.stringify(forSuites(settingsOf(flags))) };
  return {
    runId: 'abcdef',
    driver: 'process',
    supervisor: '',
    startedAt: '',
    services: {},
    variables,
    secrets: [],
  };
}

test('suites on a kept stack ask the models that it was brought up with', () => {
  const kept = keptWith({ '--setup': 'vllm', '--text-model': 'mine' });
  const told = modelsOnKept(kept, asking({}));
  expect(told).toMatchObject({ setup: 'vllm', isScripted: false, models: { text: { value: ['mine'] } } });
  expect(modelsOnKept(kept, asking({ '--setup': 'vllm' })).models.text.value).toEqual(['mine']);
});

test('a flag names others of them', () => {
  const kept = keptWith({ '--setup': 'vllm', '--text-model': 'a,b' });
  const { models } = modelsOnKept(kept, asking({ '--text-model': 'b', '--vision-model': 'c' }));
  expect(models.text.value).toEqual(['b']);
  expect(models.vision.value).toEqual(['c']);
});

test('another setup than its own is refused with both names', () => {
  const kept = keptWith({ '--setup': 'vllm' });
  expect(() => modelsOnKept(kept, asking({ '--setup': 'openai' }))).toThrow(
    'The stack abcdef was brought up with the setup vllm; --setup needs another one.',
  );
});

test('what one run asked of the scripted provider binds no other', () => {
  const kept = keptWith({ '--text-model': 'scripted,nobody' });
  expect(modelsOnKept(kept, asking({})).models.text.value).toEqual(['scripted']);
});

test('a stack of hunts stands on the scripted provider', () => {
  const kept = { ...keptWith({}), variables: {} };
  expect(modelsOnKept(kept, asking({}))).toMatchObject({ setup: 'scripted', isScripted: true });
});
