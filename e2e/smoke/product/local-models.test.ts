import { expect, test } from '@jest/globals';
import { smoked } from '../../../harness/smoke/failures/smoked.ts';
import { respond, streamMessage } from '../../../harness/smoke/gateway-scenarios.ts';
import { reachedProvider } from '../../../harness/smoke/reached-provider.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';

const local = ['lmstudio', 'llamacpp', 'ollama'] as const;

// covers 003/target-local-models
test.each(local)('a message to the model of %s is streamed through the gateway', async (name) => {
  needsTarget(name);
  await needs('messages');
  const chosen = await reachedProvider(name);
  const message = await smoked(chosen, () =>
    streamMessage(chosen, { messages: [{ role: 'user', content: 'Tell me a story' }] }),
  );
  expect(message.usage.output_tokens).toBeGreaterThan(0);
});

// covers 003/target-local-models
test.each(local)('a response of the model of %s comes whole through the gateway', async (name) => {
  needsTarget(name);
  await needs('responses');
  const chosen = await reachedProvider(name);
  const response = await smoked(chosen, () => respond(chosen, { input: 'Tell me a story' }));
  expect(response.usage?.output_tokens).toBeGreaterThan(0);
});
