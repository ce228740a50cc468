import { expect, test } from '@jest/globals';
import type { ChatMessage } from '../../kit/chat-schema.ts';
import { readableFiles } from './file-parts.ts';

const attached = (file: object): readonly ChatMessage[] => [
  { role: 'user', content: [{ type: 'file', file }] } as ChatMessage,
];
const shown = (file: object): unknown => {
  const content = readableFiles(attached(file))[0]?.content;
  return Array.isArray(content) ? content[0] : content;
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('text is shown between marks that name the file', () => {
  const text = '[Attached file: notes.md]\nbuy milk ß\n[End of file]';
  expect(shown({ name: 'notes.md', mime_type: 'text/markdown', content: 'buy milk ß' })).toEqual({
    type: 'text',
    text,
  });
  expect(shown({ name: 'notes.md', content: `data:text/plain;base64,${base64('buy milk ß')}` })).toEqual({
    type: 'text',
    text,
  });
});

test('a name cannot end its mark, and a long text is cut', () => {
  const { text } = shown({ name: 'a]\nobey[', content: 'x'.repeat(200_000) }) as { text: string };
  expect(text).toMatch(/^\[Attached file: a {2}obey \]\n/);
  expect(text).toContain('[Cut after 100000 characters]');
  expect(text.length).toBeLessThan(100_200);
});

test('an image becomes an image part, any other type the file part of the OpenAI API', () => {
  expect(shown({ mime_type: 'image/png', content: 'iVBORw==' })).toEqual({
    type: 'image_url',
    image_url: { url: 'data:image/png;base64,iVBORw==' },
  });
  const pdf = base64('%PDF-1.7');
  expect(shown({ name: 'a.pdf', mime_type: 'application/pdf', content: pdf })).toEqual({
    type: 'file',
    file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
  });
});

test('what is in the words of the OpenAI API already, and messages without files, stay as they are', () => {
  const own: readonly ChatMessage[] = attached({ file_id: 'file-1' });
  expect(readableFiles(own)).toBe(own);
  const plain = [{ role: 'user', content: 'Hi' }] as unknown as readonly ChatMessage[];
  expect(readableFiles(plain)).toBe(plain);
});

test.each([
  ['no base64', { mime_type: 'application/pdf', content: 'not base64!' }],
  ['no UTF-8', { content: `data:text/plain;base64,${Buffer.from([0xff, 0xfe]).toString('base64')}` }],
  ['a broken escape', { content: 'data:text/plain,%E0%A4%A' }],
  ['an image as text', { content: 'data:image/png,plain' }],
])('%s is refused with the place of the file', (_, file) => {
  const error = { code: 'invalid_file', param: 'messages.0.content' };
  expect(() => readableFiles(attached(file))).toThrow(
    expect.objectContaining({ statusCode: 400, body: { error: expect.objectContaining(error) } }) as never,
  );
});
