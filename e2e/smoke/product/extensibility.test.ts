import { beforeEach, expect, test } from '@jest/globals';
import { startOwn } from '../../../harness/smoke/own-service.ts';
import { providerNames, smokeProviders } from '../../../harness/smoke/providers/catalogue.ts';
import { chooseProvider, gatewayModel } from '../../../harness/smoke/providers/chosen-provider.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf } from '../../../harness/suite/journal.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { ask } from '../../../harness/suite/responses/caller.ts';
import { service } from '../../../harness/suite/stack.ts';

beforeEach(async () => {
  needsTarget('extensibility');
  await needs('models');
});

// covers 003/target-extensibility
test('every provider that this run has is a model of the gateway', async () => {
  const doubles = service('doubles').url;
  const wanted = smokeProviders
    .filter((provider) => 'accesses' in chooseProvider(provider, process.env, doubles))
    .map(({ name }) => gatewayModel(name));
  const { status, body } = await ask('GET', '/models');
  expect(status).toBe(200);
  const listed = body.data.map(({ id }: { id: string }) => id);
  expect(wanted.length).toBeGreaterThan(0);
  expect(listed).toEqual(expect.arrayContaining(wanted));
});

// covers 003/target-extensibility
test('a provider that nobody configured is an unknown model, in every API', async () => {
  const model = 'smoke-nobody';
  expect(providerNames).not.toContain('nobody');
  const input = { model, input: 'Hi' };
  const messages = [{ role: 'user', content: 'Hi' }];
  const answers = [
    await ask('POST', '/responses', input),
    await ask('POST', '/chat/completions', { model, messages }),
    await ask('POST', '/messages', { model, max_tokens: 5, messages }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  for (const { body } of answers) expect(body.error.message).toContain(model);
});

// covers 003/target-extensibility
test('a provider is added by a setting alone', async () => {
  const baseUrl = `${service('doubles').url}/openai/v1`;
  const provider = {
    id: 'added',
    baseUrl,
    apiKeys: ['double-key-of-openai'],
    models: { 'added-model': 'gpt-6-luna' },
  };
  const gateway = await startOwn('gateway', { GATEWAY_PROVIDERS: JSON.stringify([provider]) });
  try {
    await gateway.ready();
    const { id, mark } = newOperation({ say: 'added' });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'added-model', messages: [{ role: 'user', content: `Hi ${mark}` }] }),
      signal: AbortSignal.timeout(20_000),
    });
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'added' } }] });
    expect((await journalOf(id))[0]?.model).toBe('gpt-6-luna');
  } finally {
    await gateway.stop();
  }
});
