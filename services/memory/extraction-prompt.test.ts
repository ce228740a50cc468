import { expect, test } from '@jest/globals';
import { extractionPrompt, parseFacts } from './extraction-prompt.ts';

test('the conversation stands as JSON between its tags, the directives of the last user message at the end', () => {
  const prompt = extractionPrompt([
    { role: 'user', content: 'I am {Ann} [[op=1]]' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Bye [[op=2]] [[at=memory ttft=5]]' },
  ]);
  const json = /<conversation>\n(.*)\n<\/conversation>/s.exec(prompt)?.[1] ?? '';
  expect(JSON.parse(json)).toEqual([
    { role: 'user', content: 'I am {Ann} [[op=1]]' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Bye [[op=2]] [[at=memory ttft=5]]' },
  ]);
  expect(prompt.endsWith('</conversation>\n\n[[op=2]]\n\n[[at=memory ttft=5]]')).toBe(true);
});

test('facts are read from the first bracket to the last', () => {
  const answer = 'Sure:\n```json\n[{"caption":"Name","full_text":"My name is Ann"}]\n```';
  expect(parseFacts(answer)).toEqual([{ caption: 'Name', fullText: 'My name is Ann' }]);
});

test('an empty list is an answer, not a failure', () => {
  expect(parseFacts('[]')).toEqual([]);
});

test('half a fact is completed, an unusable one dropped', () => {
  expect(parseFacts('[{"full_text":"I live in Rome"},{"caption":"x"},{"other":1},null]')).toEqual([
    { caption: 'I live in Rome', fullText: 'I live in Rome' },
    { caption: 'x', fullText: 'x' },
  ]);
});

test.each(['', 'nothing', '[', '] [', '[{]', '{"a":1}', '[1,"x"]'])('%p is no list of facts', (answer) => {
  expect(parseFacts(answer)).toBeUndefined();
});
