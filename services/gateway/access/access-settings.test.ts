import { expect, test } from '@jest/globals';
import { readEnvironment } from '../../kit/environment.ts';
import { readAccessSettings } from './access-settings.ts';

const read = (env: Record<string, string>) => readAccessSettings(readEnvironment(env));

test('without any key the gateway is open; any key closes it, unless it is told to stay open', () => {
  expect(read({}).isOpen).toBe(true);
  expect(read({ GATEWAY_API_KEYS: 'k1, k2' })).toMatchObject({ isOpen: false, apiKeys: ['k1', 'k2'] });
  expect(read({ GATEWAY_ADMIN_KEY: 'a'.repeat(16) }).isOpen).toBe(false);
  expect(read({ GATEWAY_ADMIN_KEY: 'a'.repeat(16), GATEWAY_OPEN: 'true' }).isOpen).toBe(true);
  expect(read({ GATEWAY_API_KEYS: 'k1', GATEWAY_OPEN: 'true' }).isOpen).toBe(false);
});

test.each([
  [{ GATEWAY_API_KEYS: 'your-api-key-1' }, 'key of an example'],
  [{ GATEWAY_API_KEYS: 'good,changeme' }, 'key of an example'],
  [{ GATEWAY_API_KEYS: 'schlüssel' }, 'no header can carry'],
  [{ GATEWAY_ADMIN_KEY: 'short' }, 'too short'],
  [{ GATEWAY_ADMIN_KEY: 'a'.repeat(20), GATEWAY_API_KEYS: 'a'.repeat(20) }, 'a key of its own'],
  [{ GATEWAY_ALLOWED_ORIGINS: '*' }, 'an origin as browsers write it'],
  [{ GATEWAY_ALLOWED_ORIGINS: 'null' }, 'an origin as browsers write it'],
  [{ GATEWAY_ALLOWED_ORIGINS: 'https://Chat.example' }, 'an origin as browsers write it'],
  [{ GATEWAY_ALLOWED_ORIGINS: 'https://chat.example/' }, 'an origin as browsers write it'],
  [{ GATEWAY_ALLOWED_ORIGINS: 'https://chat.example:443' }, 'an origin as browsers write it'],
  [{ GATEWAY_TRUSTED_PROXIES: 'everybody' }, 'an address or a network'],
  [{ GATEWAY_TRUSTED_PROXIES: '0.0.0.0/0' }, 'an address or a network'],
  [{ GATEWAY_TRUSTED_PROXIES: '10.0.0.0/33' }, 'an address or a network'],
])('%j does not start, and says why', (env, why) => {
  expect(() => read(env)).toThrow(why);
});

test('no error repeats a key', () => {
  expect(() => read({ GATEWAY_ADMIN_KEY: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
  expect(() => read({ GATEWAY_API_KEYS: 'changeme-hunter2' })).toThrow(/^(?!.*hunter2)/);
});
