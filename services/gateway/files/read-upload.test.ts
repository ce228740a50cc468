import { expect, test } from '@jest/globals';
import { readUpload } from './read-upload.ts';

async function form(fields: Readonly<Record<string, string | File>>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  const sent = new Response(data);
  return readUpload(Buffer.from(await sent.arrayBuffer()), sent.headers.get('content-type') ?? '');
}

test('a form gives its bytes as they are', async () => {
  const bytes = new Uint8Array([0, 255, 13, 10, 45, 45]);
  const upload = await form({ purpose: 'assistants', file: new File([bytes], 'a\nb.bin') });
  expect([...upload.content]).toEqual([...bytes]);
  expect(upload).toMatchObject({ purpose: 'assistants', filename: expect.not.stringContaining('\n') });
});

test('JSON gives text, or bytes in base64', async () => {
  const text = await readUpload({ filename: 'a.txt', content: 'hé' }, 'application/json');
  const bytes = await readUpload({ filename: 'a.txt', content_base64: 'aMOp' }, 'application/json');
  expect([text.content.toString(), bytes.content.toString()]).toEqual(['hé', 'hé']);
});

test.each([
  [{ filename: 'a\0', content: 'x' }],
  [{ filename: 'a' }],
  [{ filename: 'a', content: 'x', content_base64: 'aa' }],
  [{ filename: 'a', content: 'x', purpose: 'evil' }],
  [{ filename: 'a', content: '' }],
  [undefined],
])('%j is refused', async (body) => {
  await expect(readUpload(body, 'application/json')).rejects.toMatchObject({ statusCode: 400 });
});

test('a form without a file, without a purpose, or that is none is refused', async () => {
  const file = new File(['x'], 'a');
  await expect(form({ purpose: 'assistants' })).rejects.toThrow("'file'");
  await expect(form({ file })).rejects.toThrow("'purpose'");
  await expect(readUpload(Buffer.from('--x'), 'multipart/form-data; boundary=x')).rejects.toThrow(
    'cannot be read',
  );
});
