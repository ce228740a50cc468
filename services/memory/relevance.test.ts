import { expect, test } from '@jest/globals';
import { chooseByOverlap, parseChoice, relevancePrompt } from './relevance.ts';

const memories = [
  { id: 'mem_1', caption: 'My favorite color is blue' },
  { id: 'mem_2', caption: 'I live in\nRome' },
];

test('memories are one line each, the prompt follows, its directives end the message', () => {
  const message = relevancePrompt('Which color? [[op=9]]', memories);
  expect(message).toContain(
    '<memories>\nmem_1: My favorite color is blue\nmem_2: I live in Rome\n</memories>',
  );
  expect(message).toContain('<prompt>\nWhich color? [[op=9]]\n</prompt>');
  expect(message.endsWith('\n\n[[op=9]]')).toBe(true);
});

test('the order of the model holds; unknown ids, repetitions and other values are dropped', () => {
  const ids = (answer: string) => parseChoice(answer, memories)?.map(({ id }) => id);
  expect(ids('["mem_2","mem_x","mem_1","mem_2",3]')).toEqual(['mem_2', 'mem_1']);
  expect(ids('[]')).toEqual([]);
  expect(ids('none')).toBeUndefined();
});

test('without a model, captions that share words come first by how many they share', () => {
  const ids = (prompt: string) => chooseByOverlap(prompt, memories).map(({ id }) => id);
  expect(ids("What's my favorite color?")).toEqual(['mem_1']);
  expect(ids('Is blue a color in ROME?')).toEqual(['mem_1', 'mem_2']);
  expect(ids('Who is in?')).toEqual([]);
});
