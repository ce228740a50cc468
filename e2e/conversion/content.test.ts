import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type JournalEntry, journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { ask, needsScriptedMessages } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
  await needsScriptedMessages();
});

const text = (said: string) => ({ type: 'text', text: said });
const user = (...content: object[]) => ({ role: 'user', content });
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
const look = { name: 'look', description: 'Looks', input_schema: { type: 'object', properties: {} } };
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');

/** Sends messages, the last of which carries the operation, and returns what arrived at the model. */
async function arrived(messages: readonly { content: object[] }[], more: object = {}): Promise<JournalEntry> {
  const { id, mark } = newOperation({ say: 'well' });
  const last = messages.at(-1) as { content: object[] };
  const marked = messages.with(-1, { ...last, content: [...last.content, text(mark)] });
  const { status, text: body } = await ask({ model, max_tokens: 2_000, messages: marked, ...more });
  expect([status, body]).toEqual([200, expect.anything()]);
  return waitForJournal(id, 'completed');
}

test('the system prompt arrives before the conversation, its blocks in order', async () => {
  const { messages } = await arrived([user(text('Hi'))], { system: [text('Be brief.'), text('Be kind.')] });
  expect(messages[0]).toMatchObject({
    role: 'system',
    text: expect.stringMatching(/^Be brief\.\s+Be kind\.$/),
  });
  expect(messages.filter(({ role }) => role === 'system')).toHaveLength(1);
});

test('an image arrives byte for byte, between the texts around it', async () => {
  const entry = await arrived([user(text('before'), image, text('after'))]);
  expect(entry.imageSha256).toEqual([sha256(`data:image/png;base64,${png}`)]);
  expect(entry.messages[0]?.parts?.slice(0, 3)).toEqual(['text', 'image_url', 'text']);
});

test('a link to an image arrives as it is', async () => {
  const url = 'https://example.org/harbour.png?size=large';
  const entry = await arrived([user({ type: 'image', source: { type: 'url', url } }, text('What is it?'))]);
  expect(entry.imageSha256).toEqual([sha256(url)]);
});

test('an image in a result arrives after the result, and before what the user goes on to say', async () => {
  const call = { type: 'tool_use', id: 'A', name: 'look', input: {} };
  const result = { type: 'tool_result', tool_use_id: 'A', content: [text('a picture'), image] };
  const history = [
    user(text('Look.')),
    { role: 'assistant', content: [call] },
    user(result, text('What is it?')),
  ];
  const entry = await arrived(history, { tools: [look] });
  expect(entry.imageSha256).toEqual([sha256(`data:image/png;base64,${png}`)]);
  const [, , tool, shown] = entry.messages;
  expect(tool).toMatchObject({ role: 'tool', toolCallId: 'A', text: expect.stringContaining('a picture') });
  expect(shown?.role).toBe('user');
  expect(shown?.parts?.indexOf('image_url')).toBeLessThan(shown?.parts?.lastIndexOf('text') ?? -1);
});

test('a document of text arrives with its title', async () => {
  const source = { type: 'text', media_type: 'text/plain', data: 'The tide is low at noon.' };
  const entry = await arrived([user({ type: 'document', title: 'Tides', source }, text('When?'))]);
  const [message] = entry.messages;
  expect(message?.text).toContain('The tide is low at noon.');
  expect(message?.text).toContain('Tides');
});

test('thinking of the assistant is no text of it, and redacted thinking is told to nobody', async () => {
  const thought = { type: 'thinking', thinking: 'the harbour is secret', signature: 'c2lnbmVk' };
  const redacted = { type: 'redacted_thinking', data: 'ZW5jcnlwdGVk' };
  const turn = { role: 'assistant', content: [thought, redacted, text('It is in the north.')] };
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const { messages } = await arrived([user(text('Where?')), turn, user(text('Sure?'))], { thinking });
  expect(messages[1]).toMatchObject({ role: 'assistant', text: 'It is in the north.' });
  expect(messages[1]?.reasoning ?? 'the harbour is secret').toBe('the harbour is secret');
  expect(JSON.stringify(messages)).not.toContain('ZW5jcnlwdGVk');
});

test('thinking before a call is kept with the call', async () => {
  const thought = { type: 'thinking', thinking: 'look first', signature: 'c2lnbmVk' };
  const call = { type: 'tool_use', id: 'A', name: 'look', input: {} };
  const turn = { role: 'assistant', content: [thought, call] };
  const result = { type: 'tool_result', tool_use_id: 'A', content: 'north' };
  const { messages } = await arrived([user(text('Where?')), turn, user(result)], { tools: [look] });
  expect(messages.slice(1, 3)).toMatchObject([
    { role: 'assistant', toolCalls: [{ id: 'A' }] },
    { role: 'tool', toolCallId: 'A', text: 'north' },
  ]);
  expect(messages[1]?.text.trim()).toBe('');
});

test.each([
  [{ type: 'any' }, 'required'],
  [{ type: 'none' }, 'none'],
  [
    { type: 'tool', name: 'look' },
    { type: 'function', function: { name: 'look' } },
  ],
])('the choice %j of a tool arrives', async (tool_choice, expected) => {
  const { tools, toolChoice } = await arrived([user(text('Hi'))], { tools: [look], tool_choice });
  expect([tools, toolChoice]).toEqual([['look'], expected]);
});

test.each([
  ['an image of the assistant', [user(text('Hi')), { role: 'assistant', content: [image] }, user(text('?'))]],
  [
    'a block of a tool that the vendor runs',
    [user({ type: 'web_search_tool_result', tool_use_id: 'A', content: [] })],
  ],
  ['an image that is no base64', [user({ type: 'image', source: { ...image.source, data: '***' } })]],
  [
    'an image of a kind that models do not see',
    [user({ type: 'image', source: { ...image.source, media_type: 'image/tiff' } })],
  ],
  [
    'an image on the gateway’s own disk',
    [user({ type: 'image', source: { type: 'url', url: 'file:///etc/hostname' } })],
  ],
])('%s is refused before a stream begins and before a model is asked', async (_, messages) => {
  const { id, mark } = newOperation();
  const marked = [user(text(mark)), { role: 'assistant', content: [text('Yes?')] }, ...messages];
  const answer = await ask({ model, max_tokens: 100, stream: true, messages: marked });
  expect([answer.status, answer.body]).toMatchObject([
    400,
    { type: 'error', error: { type: 'invalid_request_error', message: expect.stringMatching(/./) } },
  ]);
  expect(answer.headers.get('content-type')).toMatch(/json/);
  expect(await journalOf(id)).toEqual([]);
});
