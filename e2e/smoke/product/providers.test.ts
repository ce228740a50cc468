import { beforeEach, expect, test } from '@jest/globals';
import { smoked } from '../../../harness/smoke/failures/smoked.ts';
import { anthropic, digestOf, respond, streamMessage } from '../../../harness/smoke/gateway-scenarios.ts';
import { providerNames } from '../../../harness/smoke/providers/catalogue.ts';
import { gatewayModel } from '../../../harness/smoke/providers/chosen-provider.ts';
import { reachedProvider } from '../../../harness/smoke/reached-provider.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf, waitForJournal } from '../../../harness/suite/journal.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { skip } from '../../../harness/suite/skip.ts';

beforeEach(async () => {
  needsTarget('providers');
  await needs('responses', 'messages');
});

/** What Ollama has when nobody names another model. */
const tinyModel = 'tiny';

const look = {
  name: 'look',
  description: 'Looks at a place',
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
};

// covers 001/provider-smoke-matrix
// covers 003/target-providers
test.each(providerNames)(
  'two turns with %s are one conversation, and its key is the one that arrives',
  async (name) => {
    const chosen = await reachedProvider(name);
    const { id, mark } = newOperation({ say: 'SMOKE PONG' });
    await smoked(chosen, async () => {
      const first = await respond(chosen, { input: `Remember the word harbour. ${mark}` });
      await respond(chosen, { input: `Say SMOKE PONG. ${mark}`, previous_response_id: first.id });
      if (!chosen.isDouble) return;
      const asked = await journalOf(id);
      expect(asked.map(({ keySha256, model }) => [keySha256, model])).toEqual([
        [digestOf(chosen), chosen.model],
        [digestOf(chosen), chosen.model],
      ]);
      expect(asked[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    });
  },
);

// covers 003/target-providers
test.each(providerNames)(
  '%s goes on from a turn with thinking and a call between its texts',
  async (name) => {
    const chosen = await reachedProvider(name);
    if (chosen.model === tinyModel) skip('the tiny model of the stack takes no tools');
    const { mark } = newOperation({ say: 'SMOKE PONG' });
    const call = { type: 'tool_use' as const, id: 'toolu_smoke1', name: 'look', input: { place: 'pier' } };
    await smoked(chosen, async () => {
      const message = await streamMessage(chosen, {
        tools: [look],
        messages: [
          { role: 'user', content: 'Where is the harbour?' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Somebody has to look.', signature: 'c2ln' },
              { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
              { type: 'text', text: 'I am looking.' },
              call,
              { type: 'text', text: 'Done looking.' },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: call.id, content: 'behind the pier' },
              { type: 'text', text: `Say SMOKE PONG. ${mark}` },
            ],
          },
        ],
      });
      expect(message.role).toBe('assistant');
    });
  },
);

// covers 003/target-providers
test.each(providerNames)('who leaves a stream of %s ends it there', async (name) => {
  const chosen = await reachedProvider(name);
  if (!chosen.isDouble) skip('only the scripted provider tells when somebody has gone', 'missing_env');
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const stream = anthropic().messages.stream({
    model: gatewayModel(name),
    max_tokens: 5_000,
    messages: [{ role: 'user', content: `Count ${mark}` }],
  });
  await stream.emitted('text');
  stream.abort();
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
});

// covers 003/target-providers
test('a model that a provider does not have is an error with a status, in the words of the API', async () => {
  const asked = anthropic().messages.create({
    model: 'smoke-missing',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  await expect(asked).rejects.toMatchObject({
    status: 404,
    error: { type: 'error', error: { type: 'not_found_error' } },
  });
});
