import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { caBundleFromEnvironment } from './ca-bundle.ts';

const here = fileURLToPath(import.meta.url);

test('without any of the variables there is no bundle', () => {
  expect(caBundleFromEnvironment({})).toBeUndefined();
});

test("the bundle of the host's own tools is the default", () => {
  expect(caBundleFromEnvironment({ NODE_EXTRA_CA_CERTS: here })).toBe(here);
  expect(caBundleFromEnvironment({ NODE_EXTRA_CA_CERTS: '/nowhere', SSL_CERT_FILE: here })).toBe(here);
});

test('E2E_CA_BUNDLE comes first, and empty means none', () => {
  expect(caBundleFromEnvironment({ E2E_CA_BUNDLE: here, SSL_CERT_FILE: '/nowhere' })).toBe(here);
  expect(caBundleFromEnvironment({ E2E_CA_BUNDLE: '', SSL_CERT_FILE: here })).toBeUndefined();
});

test('a named bundle that cannot be read is a usage error', () => {
  expect(() => caBundleFromEnvironment({ E2E_CA_BUNDLE: '/nowhere' })).toThrow(
    expect.objectContaining({ code: 'GNT_USAGE', message: expect.stringContaining('/nowhere') }),
  );
});
