import type { Config } from 'jest';

/** Unit tests: pure and fast, no stack. The suites in e2e/ have a configuration of their own. */
const config: Config = {
  rootDir: '.',
  roots: ['<rootDir>/harness', '<rootDir>/services', '<rootDir>/stubs', '<rootDir>/scripts'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/scripts/temporary-folder.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  // A bound, not a pace: on a busy machine the tests that start processes take five times as long.
  testTimeout: 60_000,
  // The tests of the command wait for processes more than they compute.
  maxWorkers: 2,
};

export default config;
