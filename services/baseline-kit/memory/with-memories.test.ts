import { expect, test } from '@jest/globals';
import type { ChatMessage } from '../../kit/chat-schema.ts';
import { spokenConversation, withMemories } from './with-memories.ts';

const memories = [{ id: 'mem_1', caption: 'Likes\nblue' }];
const message = (role: string, content: unknown) => ({ role, content }) as ChatMessage;

test('memories follow the text of the last user message, which stays as it was', () => {
  const messages = [message('user', 'one'), message('assistant', 'two'), message('user', 'three [[op=1]]')];
  const [first, second, last] = withMemories(messages, memories);
  expect([first, second]).toEqual(messages.slice(0, 2));
  expect(last?.content).toMatch(
    /^three \[\[op=1\]\]\n\n[\s\S]*<memory-references>\n- \[mem_1\] Likes blue\n<\/memory-references>$/,
  );
});

test('images keep their place beside memories', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  const [asked] = withMemories([message('user', [picture])], memories);
  expect(asked?.content).toEqual([picture, { type: 'text', text: expect.stringContaining('[mem_1]') }]);
});

test('without memories nothing changes', () => {
  const messages = [message('user', 'one')];
  expect(withMemories(messages, [])).toBe(messages);
});

test('what is remembered is what was said, not system prompts, tools or pictures', () => {
  const messages = [
    message('system', 'Be brief'),
    message('user', [{ type: 'text', text: 'My name is Alice' }]),
    message('assistant', null),
    message('tool', '42'),
  ];
  expect(spokenConversation(messages, 'Hello Alice')).toEqual([
    { role: 'user', content: 'My name is Alice' },
    { role: 'assistant', content: 'Hello Alice' },
  ]);
});
