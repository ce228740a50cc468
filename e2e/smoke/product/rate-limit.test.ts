import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { anthropic } from '../../../harness/smoke/gateway-scenarios.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { waitForJournal } from '../../../harness/suite/journal.ts';
import { needsScriptedMessages } from '../../../harness/suite/messages/caller.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { ask } from '../../../harness/suite/security/ask.ts';
import { makeKey } from '../../../harness/suite/security/keys.ts';
import { textModel } from '../../../harness/suite/setup/text-model.ts';
import { service } from '../../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  needsTarget('rate_limit');
  await needs('messages');
});

// covers 003/target-rate-limit
test('a client that leaves after the first words frees its place, and the next request is served', async () => {
  await needs('api-keys');
  await needsScriptedMessages();
  const { key } = await makeKey({ limits: { concurrent: 1 } });
  const client = anthropic().withOptions({ apiKey: key });
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const stream = client.messages.stream({
    model,
    max_tokens: 5_000,
    messages: [{ role: 'user', content: `Count ${mark}` }],
  });
  await stream.emitted('text');
  const meanwhile = client.messages.create({
    model,
    max_tokens: 5,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  await expect(meanwhile).rejects.toMatchObject({ status: 429 });
  stream.abort();
  await waitForJournal(id, 'hungup');
  const after = await client
    .withOptions({ maxRetries: 3 })
    .messages.create({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] });
  expect(after.content.length).toBeGreaterThan(0);
  expect((await fetch(`${service('gateway').url}/health`)).status).toBe(200);
});

// covers 003/target-rate-limit
test('who asks more often than a key may is told when to come again, and nobody else is', async () => {
  await needs('api-keys');
  const { key } = await makeKey({ limits: { requests: 1, window_seconds: 3_600 } });
  const other = await makeKey();
  expect((await ask('/v1/models', { key })).status).toBe(200);
  const refused = await ask('/v1/models', { key });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await ask('/v1/models', { key: other.key })).status).toBe(200);
});
