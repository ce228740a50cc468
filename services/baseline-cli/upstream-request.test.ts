import { expect, test } from '@jest/globals';
import type { ChatCompletionRequest } from '../kit/chat-schema.ts';
import { upstreamRequest } from './upstream-request.ts';

test("messages and the model's parameters pass unchanged, zero included; nulls and our own fields do not", () => {
  const messages = [
    { role: 'system', content: 'Be brief' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', content: '1', tool_call_id: 'a' },
    { role: 'user', content: 'Hi [[op=1]]' },
  ];
  const own = {
    user_id: 'u',
    enable_memory: true,
    debug: true,
    metadata: { a: 1 },
    generation_flags: {},
    stream: true,
  };
  const request = { model: 'baseline', messages, temperature: 0, top_p: null, seed: 7, ...own };
  expect(upstreamRequest(request as unknown as ChatCompletionRequest, 'scripted')).toEqual({
    model: 'scripted',
    messages,
    temperature: 0,
    seed: 7,
  });
});
