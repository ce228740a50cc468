import { expect, test } from '@jest/globals';
import { mirrored, registryHost } from './official-reference.ts';

test('a name without a host belongs to Docker Hub', () => {
  expect(registryHost('postgres:17.6')).toBe('docker.io');
  expect(registryHost('ollama/ollama:0.24.0')).toBe('docker.io');
});

test('a host has a dot, a port or is localhost', () => {
  expect(registryHost('ghcr.io/berriai/litellm:v1')).toBe('ghcr.io');
  expect(registryHost('mirror:5000/postgres:17')).toBe('mirror:5000');
  expect(registryHost('localhost/postgres:17')).toBe('localhost');
});

test("a mirror's address takes the place of the host", () => {
  expect(mirrored('ghcr.io/berriai/litellm:v1', 'mirror:5000')).toBe('mirror:5000/berriai/litellm:v1');
  expect(mirrored('postgres:17.6', 'mirror.local/hub/')).toBe('mirror.local/hub/postgres:17.6');
});

test('without a mirror the reference stays', () => {
  expect(mirrored('ollama/ollama:0.24.0', undefined)).toBe('ollama/ollama:0.24.0');
  expect(mirrored('ollama/ollama:0.24.0', '')).toBe('ollama/ollama:0.24.0');
});
