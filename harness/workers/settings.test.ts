import { expect, test } from '@jest/globals';
import { readSettings } from './settings.ts';

const env = {
  SCOPE_TOKEN: 'token-of-the-test',
  GAUNTLET_RUN: '7f3a',
  SCOPE_SERVICES: '{"gateway": "gateway:8000"}',
};

test('services are read as host and port', () => {
  const SCOPE_SERVICES = '{"gateway": "gateway:8000", "memory": "127.0.0.1:40123", "six": "[::1]:80"}';
  expect([...readSettings({ ...env, SCOPE_SERVICES }).services]).toEqual([
    ['gateway', { host: 'gateway', port: 8000 }],
    ['memory', { host: '127.0.0.1', port: 40_123 }],
    ['six', { host: '::1', port: 80 }],
  ]);
});

test('the scope listens on loopback unless told otherwise', () => {
  expect(readSettings(env)).toMatchObject({ host: '127.0.0.1', port: 9300 });
  expect(readSettings({ ...env, HOST: '0.0.0.0', SCOPE_PORT: '0' })).toMatchObject({
    host: '0.0.0.0',
    port: 0,
  });
});

test.each([
  ['GAUNTLET_RUN', ''],
  ['SCOPE_TOKEN', ''],
  ['SCOPE_TOKEN', 'guess-me'],
  ['SCOPE_SERVICES', 'gateway:8000'],
  ['SCOPE_SERVICES', '[]'],
  ['SCOPE_SERVICES', '{"gateway": "gateway"}'],
  ['SCOPE_SERVICES', '{"gateway": "gateway:99999"}'],
  ['SCOPE_PORT', '-1'],
  ['SCOPE_PORT', '65536'],
  ['SCOPE_CONNECT_TIMEOUT_MS', 'soon'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readSettings({ ...env, [name]: value })).toThrow(name);
});

test('a refused token is not repeated', () => {
  expect(() => readSettings({ ...env, SCOPE_TOKEN: 'guess-me' })).toThrow(/^(?!.*guess-me)/);
});
