import { expect, test } from '@jest/globals';
import { providerNamed, providerNames, providers } from './catalogue.ts';

test('every provider has a name of its own and an address with a version', () => {
  expect(new Set(providerNames).size).toBe(providers.length);
  for (const { name, baseUrl } of providers) {
    expect([name, new URL(baseUrl).pathname]).toEqual([name, expect.stringMatching(/\/v1|\/v1beta\/openai/)]);
    expect(baseUrl).not.toMatch(/\/$/);
  }
});

test('every hosted provider asks for a key, has a model, and speaks TLS', () => {
  const hosted = providers.filter(({ local }) => !local);
  expect(hosted.length).toBeGreaterThan(5);
  for (const { name, variables, text, auth, baseUrl } of hosted) {
    expect({ name, ...variables }).toMatchObject({ name, keyRequired: true, keys: expect.any(Array) });
    expect(variables.keys.length).toBeGreaterThan(0);
    expect([name, text]).toEqual([name, expect.stringMatching(/./)]);
    expect([name, auth[0]]).toEqual([name, 'bearer']);
    expect(baseUrl).toMatch(/^https:/);
  }
});

test('what changes without notice has a page and a day', () => {
  for (const { name, source } of providers)
    expect([name, source.date]).toEqual([name, expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
});

test('names of variables that hold keys are ones whose values are redacted', () => {
  for (const { variables } of providers) for (const key of variables.keys) expect(key).toMatch(/KEY|TOKEN/);
});

test('a provider may be named long', () => {
  expect(providerNamed('remote::ollama', '--setup').name).toBe('ollama');
  expect(() => providerNamed('remote::olama', '--setup')).toThrow('no provider "remote::olama"');
});
