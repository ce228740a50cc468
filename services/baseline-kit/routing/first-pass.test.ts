import { expect, test } from '@jest/globals';
import { firstPass } from './first-pass.ts';

const user = (content: string) => ({ messages: [{ role: 'user' as never, content }] });

test.each([
  ['Write a Python script that prints Hello World', 'keyword:code'],
  ['Please refactor this module', 'keyword:code'],
  ['Schreibe ein Skript, das Dateien umbenennt', 'keyword:code'],
  ['Führe bitte dieses Programm aus', 'keyword:separable_verb'],
  ['Clone the repository and count its files', 'keyword:repositories'],
  ['Suche im Internet nach Zügen', 'keyword:web'],
  ['Make me a nice picture of a cat', 'media'],
  ['Summarize https://example.org/a for me', 'url'],
])('%s is complex: %s', (text, reason) => {
  expect(firstPass(user(text))).toEqual({ complex: true, reason });
});

test.each([
  'Hello!',
  'What is 2+2?',
  'Count to 3',
  'My name is Alice',
  'Write a short poem',
  "Say 'test' and nothing else",
  'See https://example.org/a',
  'I live in Codename City',
])('%s is simple', (text) => {
  expect(firstPass(user(text))).toEqual({ complex: false, reason: 'simple' });
});

test('a keyword counts from the start of a word only', () => {
  expect(firstPass(user('The undebuggable thing')).complex).toBe(false);
  expect(firstPass(user('I am debugging it')).complex).toBe(true);
});

test('only the last user message is looked at for keywords', () => {
  const messages = [
    { role: 'user' as never, content: 'Write a Python script' },
    { role: 'assistant' as never, content: 'Done.' },
    { role: 'user' as never, content: 'Thank you' },
  ];
  expect(firstPass({ messages }).complex).toBe(false);
});

test('the length of all messages counts, directives do not', () => {
  const words = (count: number) => Array.from({ length: count }, () => 'so').join(' ');
  expect(firstPass(user(words(77))).complex).toBe(false);
  expect(firstPass(user(words(78)))).toEqual({ complex: true, reason: 'length' });
  expect(
    firstPass(user(`${words(70)} [[op=1 say=${words(1)} a=b c=d e=f g=h i=j k=l m=n o=p]]`)).complex,
  ).toBe(false);
});

test('a generation flag is complex, a false one is not', () => {
  expect(firstPass({ ...user('Hi'), generation_flags: { deep_research: true } }).reason).toBe(
    'generation_flag:deep_research',
  );
  expect(firstPass({ ...user('Hi'), generation_flags: { deep_research: false } }).complex).toBe(false);
});
