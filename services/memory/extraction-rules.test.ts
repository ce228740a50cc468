import { expect, test } from '@jest/globals';
import { extractByRules } from './extraction-rules.ts';

const captions = (...texts: string[]) =>
  extractByRules(texts.map((content) => ({ role: 'user', content }))).map(({ caption }) => caption);

test('sentences of the user that state a fact are kept', () => {
  expect(
    captions("My favorite color is blue. Nice weather! I'm a baker. I live in Rome\nRemember the milk"),
  ).toEqual(['My favorite color is blue.', "I'm a baker.", 'I live in Rome', 'Remember the milk']);
});

test('questions, other roles and parts of words are not', () => {
  expect(captions('What is my name?', 'Siam is far', 'remembered')).toEqual([]);
  expect(extractByRules([{ role: 'assistant', content: 'I am a model.' }])).toEqual([]);
});

test('a fact said twice is kept once', () => {
  expect(captions('I am Ann.', 'i am ann')).toHaveLength(1);
});
