import { BadRequestError } from '@anthropic-ai/sdk';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { askAgent, ended, start } from '../../../harness/suite/agents/agent-client.ts';
import { waitForJournal } from '../../../harness/suite/journal.ts';
import { client, needsScriptedMessages, says } from '../../../harness/suite/messages/caller.ts';
import { openMessage, textIn } from '../../../harness/suite/messages/message-stream.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { textModel } from '../../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  needsTarget('api');
  await needs('messages');
});

const tool = {
  name: 'look',
  description: 'Looks at a place',
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } } },
};

// covers 003/target-api
test('a message is streamed by the grammar to its last event', async () => {
  await needsScriptedMessages();
  const { mark } = newOperation({ say: 'the harbour is behind the pier' });
  const seen = await openMessage({ model, max_tokens: 100, messages: says(`Hi ${mark}`) }).whole;
  expect(seen.findings).toEqual([]);
  expect(seen.events.at(-1)?.type).toBe('message_stop');
  expect(textIn(seen)).toBe('the harbour is behind the pier');
});

// covers 003/target-api
test('everything that a request may hold has tokens', async () => {
  await needs('count-tokens');
  const call = { type: 'tool_use' as const, id: 'toolu_1', name: 'look', input: { place: 'pier' } };
  const whole = {
    model,
    system: [{ type: 'text' as const, text: 'Be brief.', cache_control: { type: 'ephemeral' as const } }],
    tools: [tool],
    thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
    messages: [
      ...says('Where is the harbour?'),
      {
        role: 'assistant' as const,
        content: [{ type: 'thinking' as const, thinking: 'look there', signature: 'c2ln' }, call],
      },
      {
        role: 'user' as const,
        content: [{ type: 'tool_result' as const, tool_use_id: 'toolu_1', content: 'behind the pier' }],
      },
    ],
  };
  const { input_tokens: all } = await client().messages.countTokens(whole);
  const { input_tokens: part } = await client().messages.countTokens({ model, messages: says('Where?') });
  expect(part).toBeGreaterThan(0);
  expect(all).toBeGreaterThan(part);
});

// covers 003/target-api
test('an empty conversation is refused in the shape of the API', async () => {
  const asked = client().messages.create({ model, max_tokens: 10, messages: [] });
  const error = await asked.catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({
    status: 400,
    error: { type: 'error', error: { type: 'invalid_request_error', message: expect.stringMatching(/./) } },
  });
});

// covers 003/target-api
test('a stop ends what an agent does, and says so', async () => {
  await needs('agents');
  await needsScriptedMessages();
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const { session_id: session } = await start(model, `Hi ${mark}`);
  await waitForJournal(id, 'arrived');
  const { status, body } = await askAgent('POST', `/${session}/stop`);
  expect([status, body.status]).toEqual([200, 'stopped']);
  expect((await ended(session)).status).toBe('stopped');
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
});
