import type { FeatureRow } from './feature-row.ts';

const nothing = 'nothing';
const product = 'smoke/product';
const key = 'live: key or address of the provider, optionally E2E_MODEL_…; else its double';

const localPrerequisites = {
  lmstudio: [
    'LM Studio lists the models that it has, and whether they are loaded',
    'what LM Studio does not know, it answers with 200: that is not taken for success',
  ],
  llamacpp: ['the server of llama.cpp is ready, and has a model'],
  ollama: ['Ollama has a model'],
} as const;

/** Features that are about providers, local ones among them. */
export const providerRows: readonly FeatureRow[] = [
  {
    target: 'providers',
    feature: 'providers',
    subfeature: 'turns',
    scenario: 'two turns of /v1/responses with the cheapest model of each provider',
    environment: key,
    expected: 'finished responses with a text; the provider sees both turns and its own key',
    failure: 'product_failure',
    product: [
      `${product}/providers.test.ts: two turns with %s are one conversation, and its key is the one that arrives`,
    ],
    prerequisites: [
      'smoke/prereq/providers.test.ts: there is a provider to ask',
      'smoke/prereq/providers.test.ts: the cheapest model of %s answers who asks with %s',
      'smoke/prereq/providers.test.ts: %s refuses a wrong key for %s',
      'smoke/prereq/local-models.test.ts: vLLM is ready, and says how long its context is',
    ],
  },
  {
    target: 'providers',
    feature: 'providers',
    subfeature: 'thinking and calls in a history',
    scenario: 'a turn with thinking, redacted thinking, a call between two texts and its result',
    environment: key,
    expected: 'the next message, streamed',
    failure: 'product_failure',
    product: [
      `${product}/providers.test.ts: %s goes on from a turn with thinking and a call between its texts`,
    ],
  },
  {
    target: 'providers',
    feature: 'providers',
    subfeature: 'disconnects',
    scenario: 'a client leaves a stream',
    environment: 'the doubles: providers themselves do not tell',
    expected: 'the provider sees the connection end',
    failure: 'product_failure',
    product: [`${product}/providers.test.ts: who leaves a stream of %s ends it there`],
  },
  {
    target: 'providers',
    feature: 'providers',
    subfeature: 'errors',
    scenario: 'a model that is not there',
    environment: nothing,
    expected: '404 not_found_error',
    failure: 'product_failure',
    product: [
      `${product}/providers.test.ts: a model that a provider does not have is an error with a status, in the words of the API`,
    ],
  },
  {
    target: 'tools',
    feature: 'tools',
    subfeature: 'call and result',
    scenario: 'a call is demanded, then its result is sent',
    environment: nothing,
    expected: 'tool_use with its whole input, then an answer that knows the result',
    failure: 'product_failure',
    product: [
      `${product}/tools.test.ts: a call that is demanded is streamed with its input, and the turn behind its result answers`,
    ],
  },
  {
    target: 'rate_limit',
    feature: 'limits',
    subfeature: 'clients that leave',
    scenario: 'a client with one place leaves a stream after its first words',
    environment: 'the admin key of the gateway',
    expected: 'the place is free, the health is good',
    failure: 'product_failure',
    product: [
      `${product}/rate-limit.test.ts: a client that leaves after the first words frees its place, and the next request is served`,
    ],
  },
  {
    target: 'rate_limit',
    feature: 'limits',
    subfeature: 'requests of a key',
    scenario: 'one request more than a key may',
    environment: 'the admin key of the gateway',
    expected: '429 with Retry-After for this key alone',
    failure: 'product_failure',
    product: [
      `${product}/rate-limit.test.ts: who asks more often than a key may is told when to come again, and nobody else is`,
    ],
  },
  ...(
    [
      ['lmstudio', 'LM Studio', 'live: LMSTUDIO_URL and E2E_MODEL_LMSTUDIO; else its double'],
      ['llamacpp', 'the server of llama.cpp', 'live: LLAMACPP_URL; else its double'],
      ['ollama', 'Ollama', 'the service ollama of the stack, or live: OLLAMA_URL'],
    ] as const
  ).map(
    ([target, title, environment]): FeatureRow => ({
      target,
      feature: 'local models',
      subfeature: title,
      scenario: 'a streamed message and a whole response, through the gateway',
      environment,
      expected: 'a text with a count of its tokens',
      failure: 'product_failure',
      product: [
        `${product}/local-models.test.ts: a message to the model of %s is streamed through the gateway`,
        `${product}/local-models.test.ts: a response of the model of %s comes whole through the gateway`,
      ],
      prerequisites: localPrerequisites[target].map((title) => `smoke/prereq/local-models.test.ts: ${title}`),
    }),
  ),
];
