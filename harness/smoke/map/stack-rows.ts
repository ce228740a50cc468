import type { FeatureRow } from './feature-row.ts';

const nothing = 'nothing';
const processes = 'a stack of processes';
const product = 'smoke/product';

/** Features that are about the command, its settings and the services. */
export const stackRows: readonly FeatureRow[] = [
  {
    target: 'cli',
    feature: 'command',
    subfeature: 'status',
    scenario: 'the stack asks the command about itself',
    environment: nothing,
    expected: 'its run with its gateway and workers',
    failure: 'product_failure',
    product: [`${product}/cli.test.ts: the command tells of the stack that it runs in`],
  },
  {
    target: 'cli',
    feature: 'command',
    subfeature: 'mistakes',
    scenario: 'E2E_TARGETS names what does not exist',
    environment: nothing,
    expected: 'an end before anything starts, with the targets there are',
    failure: 'product_failure',
    product: [
      `${product}/cli.test.ts: a target that does not exist ends the command before anything starts, with those that do`,
    ],
  },
  {
    target: 'cli',
    feature: 'command',
    subfeature: 'classes of failures',
    scenario:
      'live: a provider without a key, one that is away, one that answers nonsense with 200; then all of them named',
    environment: nothing,
    expected:
      'skipped, skipped and failed, each with its class in the summary and without its key; named: failed',
    failure: 'harness_bug',
    product: [
      `${product}/failure-classes.test.ts: a provider without a key and one that is away are skipped, one that answers nonsense is not`,
      `${product}/failure-classes.test.ts: providers that are named and lacking are failures, with the same classes`,
    ],
  },
  {
    target: 'cli',
    feature: 'services',
    subfeature: 'entry point',
    scenario: 'a service is started by its command and ended by a signal',
    environment: processes,
    expected: 'healthy, then an end with 0 and nobody who listens',
    failure: 'product_failure',
    product: [
      `${product}/cli.test.ts: the entry point of a service starts it, and a signal ends it with all its workers`,
    ],
  },
  {
    target: 'cli',
    feature: 'clients',
    subfeature: 'Claude Code',
    scenario: 'Claude Code prints an answer, with a home that holds no account',
    environment: 'Claude Code (E2E_CLAUDE_BIN, default `claude`)',
    expected: 'what the model said, an end with 0',
    failure: 'product_failure',
    product: [`${product}/cli.test.ts: Claude Code prints what the model says through the gateway`],
  },
  {
    target: 'cli',
    feature: 'command',
    subfeature: 'a file of settings in the home of the user',
    scenario: 'the command writes one when it is used first',
    environment: nothing,
    expected: 'a file with every setting',
    failure: 'product_failure',
    product: {
      reason: 'there is none: settings are variables of the environment, and compose.yaml has the others',
    },
  },
  {
    target: 'config',
    feature: 'settings',
    subfeature: 'unusable ones',
    scenario: 'a bound of 0, an address that is none, providers that are none',
    environment: processes,
    expected: 'no start, and one sentence that names the variable and shows no key',
    failure: 'product_failure',
    product: [`${product}/config.test.ts: a gateway whose %s is %j does not start and names the variable`],
  },
  {
    target: 'config',
    feature: 'settings',
    subfeature: 'precedence and arrival',
    scenario: 'bounds in the environment, others in compose.yaml',
    environment: processes,
    expected: 'those of the environment count',
    failure: 'product_failure',
    product: [
      `${product}/own-gateway.test.ts: bounds of the environment win over those of compose.yaml and arrive`,
    ],
  },
  {
    target: 'config',
    feature: 'settings',
    subfeature: 'proxies of providers',
    scenario: 'a proxy is set for one provider',
    environment: nothing,
    expected: 'its requests go there',
    failure: 'product_failure',
    product: { reason: 'the gateway has no proxy of its own for a provider; its address may be one' },
  },
  {
    target: 'extensibility',
    feature: 'providers',
    subfeature: 'catalogue',
    scenario: 'the models of the gateway are compared with the providers of the run',
    environment: nothing,
    expected: 'each provider is a model',
    failure: 'product_failure',
    product: [`${product}/extensibility.test.ts: every provider that this run has is a model of the gateway`],
  },
  {
    target: 'extensibility',
    feature: 'providers',
    subfeature: 'unknown ones',
    scenario: 'a model of a provider that nobody configured',
    environment: nothing,
    expected: '404 in each API, which names the model',
    failure: 'product_failure',
    product: [
      `${product}/extensibility.test.ts: a provider that nobody configured is an unknown model, in every API`,
    ],
  },
  {
    target: 'extensibility',
    feature: 'providers',
    subfeature: 'a new one',
    scenario: 'a gateway is started with a provider that no code knows',
    environment: processes,
    expected: 'its model answers',
    failure: 'product_failure',
    product: [`${product}/own-gateway.test.ts: a provider is added by a setting alone`],
  },
];
