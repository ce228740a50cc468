import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { anthropic } from '../../../harness/smoke/gateway-scenarios.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { needsScriptedMessages } from '../../../harness/suite/messages/caller.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { textModel } from '../../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  needsTarget('tools');
  await needs('messages');
  await needsScriptedMessages();
});

const look = {
  name: 'look',
  description: 'Looks at a place',
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
};

// covers 003/target-tools
test('a call that is demanded is streamed with its input, and the turn behind its result answers', async () => {
  const question = { role: 'user' as const, content: `Where is it? ${newOperation({ tool: 'look' }).mark}` };
  const asked = {
    model,
    max_tokens: 200,
    tools: [look],
    tool_choice: { type: 'tool' as const, name: 'look' },
  };
  const called = await anthropic()
    .messages.stream({ ...asked, messages: [question] })
    .finalMessage();
  expect(called.stop_reason).toBe('tool_use');
  const calls = called.content.filter((block) => block.type === 'tool_use');
  expect(calls).toMatchObject([{ name: 'look', input: { place: expect.stringMatching(/./) } }]);
  const answered = await anthropic().messages.create({
    model,
    max_tokens: 200,
    tools: [look],
    messages: [
      question,
      { role: 'assistant', content: called.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: calls[0]?.id ?? '', content: 'behind the pier' }],
      },
    ],
  });
  expect(answered.stop_reason).toBe('end_turn');
  expect(JSON.stringify(answered.content)).toContain('behind the pier');
});
