import { expect, test } from '@jest/globals';
import { findDirectives, lastUserText, operationIdOf, withoutDirectives } from './operation-id.ts';

test('directives are found as they stand, other brackets are not directives', () => {
  expect(findDirectives('a [[op=1 say=x_y]] b [[wiki link]] [[at=memory status=500]]')).toEqual([
    '[[op=1 say=x_y]]',
    '[[at=memory status=500]]',
  ]);
});

test('the operation id is found wherever it stands in a directive', () => {
  expect(operationIdOf('hi [[tokens=3 op=k-7]]')).toBe('k-7');
  expect(operationIdOf('hi [[op=a]]')).toBe('a');
  expect(operationIdOf('hi [[stop=a]]')).toBeUndefined();
  expect(operationIdOf('op=a')).toBeUndefined();
});

test('directives can be taken out of a text', () => {
  expect(withoutDirectives('My name is Ann [[op=1]]. [[see=x]]').trim()).toBe('My name is Ann  .');
});

test('double brackets that people write stay, equals signs and all', () => {
  for (const text of ['Set [[width=3]] in the template', 'I live in [[city=Lisbon]].', '[[stop=op]]'])
    expect(withoutDirectives(text)).toBe(text);
  expect(withoutDirectives('I am Ann [[at=memory ttft=5]]').trim()).toBe('I am Ann');
});

test('the last user message counts, in either form of content', () => {
  const messages = [
    { role: 'user', content: 'first' },
    {
      role: 'user',
      content: [{ type: 'text', text: 'a' }, { type: 'image_url' }, { type: 'text', text: 'b' }],
    },
    { role: 'assistant', content: 'answer' },
  ];
  expect(lastUserText(messages)).toBe('a\n\nb');
  expect(lastUserText([{ role: 'user', content: null }])).toBe('');
  expect(lastUserText([])).toBe('');
});
