import { expect, jest, test } from '@jest/globals';
import { convertMessagesToCompletionsMessageParams } from '@langchain/openai';
import type { ChatMessage } from '../../kit/chat-schema.ts';
import { toLangchain } from './messages.ts';

const call = (text: string) => ({ id: 'a', type: 'function', function: { name: 'f', arguments: text } });

/** To LangChain and back to what the model API gets. */
function roundTrip(messages: readonly object[]) {
  return convertMessagesToCompletionsMessageParams({
    messages: toLangchain(messages as ChatMessage[]),
    model: 'scripted',
  });
}

test('a history with system prompt, images and tool calls reaches the model as the client sent it', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  const messages = [
    { role: 'system', content: 'Be brief' },
    { role: 'user', content: [{ type: 'text', text: 'What is this? [[op=1]]' }, image] },
    { role: 'assistant', content: '', tool_calls: [call('{"x":1}')] },
    { role: 'tool', content: '42', tool_call_id: 'a' },
  ];
  expect(roundTrip(messages)).toMatchObject(messages);
});

test('arguments that are no JSON are passed on, not dropped', () => {
  // LangChain advises newer packages when it finds calls in this place.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const messages = [{ role: 'assistant', content: '', tool_calls: [call('{"x":')] }];
  expect(roundTrip(messages)).toMatchObject(messages);
});
