import { beforeEach, expect, test } from '@jest/globals';
import { startOwn } from '../../../harness/smoke/own-service.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';

beforeEach(() => needsTarget('config'));

const secretive = '[{"id":"x","baseUrl":"http://h/v1","apiKeys":["sk-never-shown"],"models":3}]';

// covers 003/target-config
test.each([
  ['UPSTREAM_CONNECT_TIMEOUT_MS', '0'],
  ['BASELINE_CLI_URL', 'nowhere'],
  ['GATEWAY_PROVIDERS', secretive],
])('a gateway whose %s is %j does not start and names the variable', async (name, value) => {
  const gateway = await startOwn('gateway', { [name]: value });
  try {
    expect(await gateway.ended()).not.toBe(0);
    expect(gateway.output()).toContain(name);
    expect(gateway.output()).not.toContain('sk-never-shown');
    expect(gateway.output()).not.toMatch(/^\s+at /m);
  } finally {
    await gateway.stop();
  }
});
