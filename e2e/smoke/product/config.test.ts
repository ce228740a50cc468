import { beforeEach, expect, test } from '@jest/globals';
import { type OwnService, startOwn } from '../../../harness/smoke/own-service.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { release } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';

beforeEach(() => needsTarget('config'));

async function withGateway(
  settings: Readonly<Record<string, string | undefined>>,
  act: (gateway: OwnService) => Promise<void>,
): Promise<void> {
  const gateway = await startOwn('gateway', settings);
  try {
    await act(gateway);
  } finally {
    await gateway.stop();
  }
}

const secretive = '[{"id":"x","baseUrl":"http://h/v1","apiKeys":["sk-never-shown"],"models":3}]';

// covers 003/target-config
test.each([
  ['UPSTREAM_CONNECT_TIMEOUT_MS', '0'],
  ['SOCKET_PING_MS', 'often'],
  ['BASELINE_CLI_URL', undefined],
  ['GATEWAY_PROVIDERS', secretive],
])('a gateway whose %s is %j does not start and names the variable', async (name, value) => {
  await withGateway({ [name]: value }, async (gateway) => {
    expect(await gateway.ended()).not.toBe(0);
    expect(gateway.output()).toContain(name);
    expect(gateway.output()).not.toContain('sk-never-shown');
    expect(gateway.output()).not.toMatch(/^\s+at /m);
  });
});

// covers 003/target-config
test('a bound and a key of the environment win over those of compose.yaml and arrive', async () => {
  const settings = {
    GATEWAY_API_KEYS: 'sk-of-the-environment',
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '300',
    UPSTREAM_ATTEMPTS: '1',
  };
  await withGateway(settings, async (gateway) => {
    await gateway.ready();
    const { id, mark } = newOperation({ hold: 0 });
    const ask = (key: string) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'scripted-direct',
          messages: [{ role: 'user', content: `Hi ${mark}` }],
        }),
        signal: AbortSignal.timeout(20_000),
      });
    expect((await ask('sk-of-somebody')).status).toBe(401);
    const late = await ask('sk-of-the-environment');
    await release(id);
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ error: { code: 'upstream_first_byte_timeout' } });
  });
});
