import Anthropic from '@anthropic-ai/sdk';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf } from '../../../harness/suite/journal.ts';
import { needsScriptedMessages } from '../../../harness/suite/messages/caller.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { ownKey } from '../../../harness/suite/responses/caller.ts';
import { textModel } from '../../../harness/suite/setup/text-model.ts';
import { service } from '../../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  needsTarget('clients');
  await needs('messages');
  await needsScriptedMessages();
});

const look = {
  name: 'look',
  description: 'Looks at a place',
  input_schema: { type: 'object' as const, properties: {} },
};

// covers 003/target-clients
test('a request as VS Code sends it, with beta headers and caches in the system prompt, is streamed', async () => {
  const { id, mark } = newOperation({ say: 'from the editor' });
  const client = new Anthropic({ baseURL: service('gateway').url, apiKey: ownKey(), maxRetries: 0 });
  // The client puts ?beta=true behind the path for these.
  const stream = client.beta.messages.stream({
    model,
    max_tokens: 32_000,
    betas: [
      'claude-code-20250219',
      'interleaved-thinking-2025-05-14',
      'fine-grained-tool-streaming-2025-05-14',
    ],
    metadata: { user_id: 'user_0_account__session_0' },
    system: [
      { type: 'text', text: 'You are a coding assistant.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'The working folder is /src.', cache_control: { type: 'ephemeral' } },
    ],
    tools: [look],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>Nothing is to be remembered.</system-reminder>' },
          { type: 'text', text: `What is open? ${mark}`, cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
  });
  const message = await stream.finalMessage();
  expect(message.stop_reason).toBe('end_turn');
  expect(message.content).toMatchObject([{ type: 'text', text: 'from the editor' }]);
  const [asked] = await journalOf(id);
  expect(asked?.messages[0]).toMatchObject({
    role: 'system',
    text: expect.stringMatching(/coding assistant[\s\S]*working folder/),
  });
  expect(asked?.tools).toEqual(['look']);
});

// covers 003/target-clients
test('a request as JetBrains sends it, with a bearer token and no beta, is streamed', async () => {
  const { id, mark } = newOperation({ say: 'from the other editor' });
  const client = new Anthropic({
    baseURL: service('gateway').url,
    apiKey: null,
    authToken: ownKey(),
    maxRetries: 0,
    defaultHeaders: { 'user-agent': 'JetBrains-AI-Assistant/253' },
  });
  const stream = client.messages.stream({
    model,
    max_tokens: 4_096,
    system: 'You are an assistant inside of an IDE.',
    temperature: 0,
    messages: [{ role: 'user', content: `What is open? ${mark}` }],
  });
  expect(await stream.finalText()).toBe('from the other editor');
  expect((await journalOf(id))[0]?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
});
