import { expect, test } from '@jest/globals';
import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import { decideRoute, type RoutingDecision } from './decision.ts';

const picture = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } };

function request(content: unknown, rest: Partial<ChatCompletionRequest> = {}): ChatCompletionRequest {
  return { model: 'baseline', messages: [{ role: 'user', content }], ...rest } as ChatCompletionRequest;
}

/** Decides and tells which texts a model was asked about. */
async function decide(body: ChatCompletionRequest, answer?: RoutingDecision, forceAgent = false) {
  const asked: string[] = [];
  const ask = async (text: string) => {
    asked.push(text);
    return answer;
  };
  const route = await decideRoute(body, { thresholdTokens: 100, forceAgent, ask });
  return { ...route, asked };
}

test("the metadata's decision beats everything a text says", async () => {
  const body = request('Write a Python script', { metadata: { routing_decision: 'fast_nemotron' } });
  expect(await decide(body, 'agent_kimi')).toMatchObject({
    decision: 'fast_nemotron',
    usingAgent: false,
    asked: [],
  });
});

test('an unknown decision in the metadata is passed over', async () => {
  const body = request('Hello!', { metadata: { routing_decision: 'slow_boat' } });
  expect(await decide(body)).toMatchObject({ decision: 'fast_qwen', reason: 'greeting' });
});

test('a greeting is fast and asks no model', async () => {
  expect(await decide(request('Hello!'))).toMatchObject({ decision: 'fast_qwen', asked: [] });
});

test('a short factual question beats a generation flag and keywords', async () => {
  const body = request('What is the weather in Rome?', { generation_flags: { web_search: true } });
  expect(await decide(body)).toMatchObject({ decision: 'fast_qwen', reason: 'factual_question', asked: [] });
});

test('German questions are questions', async () => {
  expect(await decide(request('Was ist die Hauptstadt von Frankreich?'))).toMatchObject({
    decision: 'fast_qwen',
  });
});

test('a complex first pass turns a fast answer of the model into its agent variant', async () => {
  const text = 'Write a Python script that prints Hello World';
  expect(await decide(request(text), 'fast_nemotron')).toMatchObject({
    decision: 'agent_nemotron',
    usingAgent: true,
  });
  expect(await decide(request(text), 'fast_qwen')).toMatchObject({
    decision: 'agent_kimi',
    reason: 'keyword:code',
  });
});

test("the model's decision stands for a request that looks simple", async () => {
  expect(await decide(request('Write a short poem'), 'fast_qwen')).toMatchObject({ decision: 'fast_qwen' });
  expect(await decide(request('Write a short poem'), 'agent_kimi')).toMatchObject({ usingAgent: true });
});

test('no answer of the routing model means the agent', async () => {
  const route = await decide(request('Write a short poem'));
  expect(route).toMatchObject({ decision: 'agent_kimi', usingAgent: true, reason: 'no_routing_answer' });
});

test('the routing model never sees a directive, and directives decide nothing', async () => {
  const { asked } = await decide(
    request('Sing for me [[op=write_code say=write_a_script status=500]] please'),
    'fast_qwen',
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toContain('[[');
  expect(asked[0]).not.toContain('op=');
  expect(await decide(request('Hello! [[op=a1 tokens=200]]'))).toMatchObject({ reason: 'greeting' });
});

test('a message of directives alone is fast and asks no model', async () => {
  expect(await decide(request('[[op=a1 say=x]]'))).toMatchObject({ decision: 'fast_qwen', asked: [] });
});

test('images go to the model that sees', async () => {
  const content = [{ type: 'text', text: 'What is this?' }, picture];
  expect(await decide(request(content))).toMatchObject({ decision: 'fast_kimi', usingAgent: false });
});

test("the client's own tools stay with the client", async () => {
  const tools = [{ type: 'function' as const, function: { name: 'run_code' } }];
  expect(await decide(request('Write a Python script', { tools }))).toMatchObject({
    usingAgent: false,
    asked: [],
  });
});

test('an agent that the client names is used for a greeting too', async () => {
  expect(await decide(request('Hello!'), undefined, true)).toMatchObject({
    usingAgent: true,
    reason: 'agent_forced',
  });
});
