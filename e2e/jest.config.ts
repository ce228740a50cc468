import type { Config } from 'jest';

/** The suites. They need a stack: `npm run e2e` brings one up and sets GAUNTLET_STACK. */
const config: Config = {
  rootDir: '..',
  roots: ['<rootDir>/e2e'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: '<rootDir>/harness/suite/running/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  testTimeout: 60_000,
  runner: '<rootDir>/harness/suite/running/runner.ts',
  testSequencer: '<rootDir>/harness/suite/running/sequencer.ts',
  // Files that share the stack wait more than they compute.
  maxWorkers: 4,
  reporters: ['default', '<rootDir>/harness/report/suite-reporter.ts'],
};

export default config;
