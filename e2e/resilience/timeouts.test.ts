/** @long */
import { beforeEach, expect, test } from '@jest/globals';
import { cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

/** As compose.yaml has it. */
const gatewayTimeoutMs = Number(process.env.REQUEST_TIMEOUT_MS || 20_000);
const slackMs = 10_000;
const testTimeoutMs = gatewayTimeoutMs + slackMs + 10_000;

async function needsKnownTimeout(): Promise<void> {
  await needsScriptedProvider('gateway');
  if (service('gateway').remote) skip('the timeout of a remote gateway is not known');
}

// covers 101/TestTimeouts.test_gateway_enforces_timeout
test(
  'a model that stays silent is answered with 504 when the time of the gateway is over',
  async () => {
    await needsKnownTimeout();
    const { id, mark } = newOperation({ stall: 0 });
    const startedAt = performance.now();
    const { status, data } = await complete(
      'gateway',
      { model: cliModel, messages: says(`Hi ${mark}`) },
      { timeoutMs: gatewayTimeoutMs + slackMs },
    );
    expect(performance.now() - startedAt).toBeGreaterThan(gatewayTimeoutMs * 0.9);
    expect(status).toBe(504);
    expect(data.choices).toBeUndefined();
    convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
      expect(data.error?.message).toEqual(expect.any(String)),
    );
    // A LiteLLM on the way goes on with a whole answer whose client has gone (BerriAI/litellm issue 37140).
    if (!optionalService('litellm')) {
      expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
    }
  },
  testTimeoutMs,
);

test('a stream whose model falls silent stays open with comments, and ends when the client leaves', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 20, stall: 8 });
  const leaving = new AbortController();
  const seen: string[] = [];
  const stream = streamed(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    {
      signal: leaving.signal,
      onData: (data) => seen.push(data),
      onComment: () => {
        seen.push(':');
        if (seen.slice(-3).every((line) => line === ':')) leaving.abort();
      },
    },
  );
  await expect(stream).rejects.toThrow(/abort/i);
  expect(seen.filter((line) => line !== ':').length).toBeGreaterThan(1);
  expect(seen).not.toContain('[DONE]');
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
});
