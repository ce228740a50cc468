import { beforeEach, expect, test } from '@jest/globals';
import { doublesUrl } from '../../../harness/smoke/failures/smoked.ts';
import { providerNames, smokeProviders } from '../../../harness/smoke/providers/catalogue.ts';
import { chooseProvider, gatewayModel } from '../../../harness/smoke/providers/chosen-provider.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { ask } from '../../../harness/suite/responses/caller.ts';

beforeEach(async () => {
  needsTarget('extensibility');
  await needs('models');
});

// covers 003/target-extensibility
test('every provider that this run has is a model of the gateway', async () => {
  const wanted = smokeProviders
    .filter((provider) => 'accesses' in chooseProvider(provider, process.env, doublesUrl()))
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
