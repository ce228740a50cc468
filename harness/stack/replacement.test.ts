import { expect, test } from '@jest/globals';
import { readComposeFile } from './compose-file.ts';
import { sourceOf } from './replacement.ts';
import type { ServiceSpec } from './service.ts';

const services = readComposeFile('compose.yaml', {});
const find = (name: string) => services.find((service) => service.name === name) as ServiceSpec;
const code = (expected: string) => expect.objectContaining({ code: expected });

test('without variables a service is our own', () => {
  expect(sourceOf(find('gateway'), {}, 'compose')).toEqual({ kind: 'own' });
});

test('image, command and URL replace it', () => {
  expect(sourceOf(find('gateway'), { GATEWAY_IMAGE: 'mine:1' }, 'compose')).toEqual({
    kind: 'image',
    image: 'mine:1',
  });
  expect(sourceOf(find('baseline-cli'), { BASELINE_CLI_COMMAND: 'run me' }, 'process')).toEqual({
    kind: 'command',
    command: 'run me',
  });
  expect(sourceOf(find('memory'), { MEMORY_URL: 'https://m.test/' }, 'remote')).toEqual({
    kind: 'url',
    url: 'https://m.test',
  });
});

test('the database and Redis are reached by URLs of their own kinds', () => {
  const url = 'redis://default:secret@r.test:6379';
  expect(sourceOf(find('redis'), { REDIS_URL: url }, 'process')).toEqual({ kind: 'url', url });
  expect(() => sourceOf(find('redis'), { REDIS_URL: 'http://r.test' }, 'process')).toThrow(
    code('GNT_URL_INVALID'),
  );
  expect(() => sourceOf(find('postgres'), { POSTGRES_URL: url }, 'process')).toThrow(code('GNT_URL_INVALID'));
  expect(() => sourceOf(find('memory'), { MEMORY_URL: url }, 'process')).toThrow(code('GNT_URL_INVALID'));
});

test('an image under the process driver names what to use instead', () => {
  expect(() => sourceOf(find('gateway'), { GATEWAY_IMAGE: 'mine:1' }, 'process')).toThrow(
    code('GNT_REPLACEMENT_UNSUPPORTED'),
  );
});

test('another version is for Python services under the process driver', () => {
  const version = { OPEN_WEBUI_VERSION: '0.12.3' };
  expect(sourceOf(find('open-webui'), version, 'process')).toEqual({ kind: 'own', version: '0.12.3' });
  const refused = code('GNT_REPLACEMENT_UNSUPPORTED');
  expect(() => sourceOf(find('open-webui'), version, 'compose')).toThrow(refused);
  expect(() => sourceOf(find('gateway'), { GATEWAY_VERSION: '1.0' }, 'process')).toThrow(refused);
  expect(() => sourceOf(find('litellm'), { LITELLM_VERSION: 'new' }, 'process')).toThrow(code('GNT_USAGE'));
});

test('two replacements of one service are refused', () => {
  const environment = { GATEWAY_IMAGE: 'mine:1', GATEWAY_URL: 'http://a.test' };
  expect(() => sourceOf(find('gateway'), environment, 'compose')).toThrow(code('GNT_REPLACEMENT_CONFLICT'));
});

test('TEST_MODE=local takes a given address and starts the rest', () => {
  const environment = { TEST_MODE: 'local', MEMORY_SERVICE_LOCAL: 'http://127.0.0.1:8003' };
  expect(sourceOf(find('memory'), environment, 'process')).toEqual({
    kind: 'url',
    url: 'http://127.0.0.1:8003',
  });
  expect(sourceOf(find('gateway'), environment, 'process')).toEqual({ kind: 'own' });
});

test('TEST_MODE=deployed has no default address', () => {
  expect(() => sourceOf(find('gateway'), { TEST_MODE: 'deployed' }, 'remote')).toThrow(
    code('GNT_REMOTE_URL_MISSING'),
  );
  expect(
    sourceOf(find('gateway'), { TEST_MODE: 'deployed', GATEWAY_DEPLOYED: 'start' }, 'compose').kind,
  ).toBe('own');
  expect(sourceOf(find('litellm'), { TEST_MODE: 'deployed' }, 'compose').kind).toBe('own');
});

test('an address that is no URL is refused', () => {
  expect(() => sourceOf(find('gateway'), { GATEWAY_URL: 'localhost:8000' }, 'remote')).toThrow(
    code('GNT_URL_INVALID'),
  );
});

test('a command may have a Python environment, where commands find programs of the host', () => {
  const environment = { MEMORY_COMMAND: 'uvicorn app:app', MEMORY_PYTHON: 'mine' };
  expect(sourceOf(find('memory'), environment, 'process')).toEqual({
    kind: 'command',
    command: 'uvicorn app:app',
    python: 'mine',
  });
  expect(() => sourceOf(find('memory'), environment, 'compose')).toThrow(code('GNT_REPLACEMENT_UNSUPPORTED'));
  expect(() => sourceOf(find('memory'), { MEMORY_PYTHON: 'mine' }, 'process')).toThrow(code('GNT_USAGE'));
});

test('a health path is a path or "none", and counts in place of the one in compose.yaml', () => {
  const told = (value: string) =>
    readComposeFile('compose.yaml', { MEMORY_HEALTH: value }).find(({ name }) => name === 'memory');
  expect(told('/up')).toMatchObject({ healthPath: '/up' });
  expect(told('')).toMatchObject({ healthPath: '/health' });
  expect(told('none')).toMatchObject({ healthPath: '/', anyAnswer: true });
  expect(() =>
    sourceOf(find('memory'), { MEMORY_URL: 'http://a.test', MEMORY_HEALTH: 'up' }, 'remote'),
  ).toThrow(code('GNT_USAGE'));
});
