import { expect, test } from '@jest/globals';
import type { ChatCompletionRequest } from '../kit/chat-schema.ts';
import { choosePath } from './routing.ts';

async function choose(content: string, answer?: boolean, rest: Partial<ChatCompletionRequest> = {}) {
  const asked: string[] = [];
  const request = { model: 'm', messages: [{ role: 'user' as never, content }], ...rest };
  const ask = async (text: string) => {
    asked.push(text);
    return answer;
  };
  return { ...(await choosePath(request, { thresholdTokens: 100, forceAgent: false, ask })), asked };
}

test.each([
  ['Hello', 'greeting'],
  ['What is 2+2?', 'factual_question'],
  ['Weather in Rome please', 'weather'],
  ['[[op=1]]', 'empty'],
])('%s is fast (%s) and asks no model', async (text, reason) => {
  expect(await choose(text)).toEqual({ usingAgent: false, reason, asked: [] });
});

test('what the first pass finds complex goes to the agent at once', async () => {
  expect(await choose('What is a regex? Debug mine')).toMatchObject({ usingAgent: true, asked: [] });
});

test('naming a tool asks for the agent', async () => {
  expect(await choose('Use the calculator for 2*3')).toMatchObject({
    usingAgent: true,
    reason: 'names_a_tool',
  });
});

test('the model decides the rest, and without its answer the agent gets it', async () => {
  expect(await choose('Write a short poem [[op=1]]', false)).toMatchObject({
    usingAgent: false,
    asked: ['Write a short poem'],
  });
  expect(await choose('Write a short poem', true)).toMatchObject({ usingAgent: true });
  expect(await choose('Write a short poem')).toMatchObject({ usingAgent: true, reason: 'no_routing_answer' });
});

test("the client's own tools stay with the client", async () => {
  const tools = [{ type: 'function' as const, function: { name: 'calculator' } }];
  expect(await choose('Use the calculator', true, { tools })).toMatchObject({ usingAgent: false, asked: [] });
});
