import { expect, test } from '@jest/globals';
import { capabilityLabels, capabilityOf, unsupportedCapability } from './capability.ts';

test.each([
  ['ask', 'continue'],
  ['exec', 'continue'],
  ['max', 'continue'],
  ['continue', 'continue'],
  ['resume', 'resume'],
  ['', ''],
  [' \t', ''],
  ['ASK', 'continue'],
  [' Resume\n', 'resume'],
])('the label %j means %j', (label, meaning) => {
  expect(capabilityOf(label)).toBe(meaning);
});

test.each(['pause', 'asks', 'ask exec', 'constructor', '__proto__', 'ask\0'])(
  'the label %j is not supported',
  (label) => {
    expect(capabilityOf(label)).toBeUndefined();
  },
);

test('a refusal repeats the label as it was understood and names those that are supported', () => {
  const refusal = unsupportedCapability(' Pause ', ' s1 ');
  expect(refusal).toMatchObject({ capability: 'pause', session_id: ' s1 ', status: 'failed' });
  for (const label of capabilityLabels) expect(refusal.instructions).toContain(label);
});
