import type { FeatureRow } from './feature-row.ts';

const product = 'smoke/product';

const none = { reason: 'the stack has no bridge between bots and the gateway' };

/** Features that are about bots and speech. */
export const botRows: readonly FeatureRow[] = [
  ...(['messaging', 'telegram', 'discord'] as const).map(
    (target): FeatureRow => ({
      target,
      feature: 'bots',
      subfeature: target,
      scenario: 'messages, edits, deletes, threads, limits, restarts',
      environment: 'a bridge',
      expected: 'answers of the gateway in the chat',
      failure: 'product_failure',
      product: none,
    }),
  ),
  {
    target: 'voice',
    feature: 'speech',
    subfeature: 'recordings',
    scenario: 'a WAV file that is made for it is transcribed',
    environment: 'live: WHISPER_ENDPOINT and CHUTES_API_KEY; else the scripted speech service',
    expected: 'the text that the recording holds',
    failure: 'product_failure',
    product: [`${product}/voice.test.ts: a recording that was made for this becomes the text that it holds`],
  },
];
