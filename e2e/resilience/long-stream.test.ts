/** @long */
import { beforeEach, expect, test } from '@jest/globals';
import { cliModel, says, streamed } from '../../harness/suite/chat.ts';
import { textOf } from '../../harness/suite/event-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { largestGapMs } from '../../harness/suite/timing.ts';

beforeEach(() => needs('chat'));

// covers 101/TestTimeouts.test_streaming_stays_open_long_requests
test('a poem is streamed to its end', async () => {
  const stream = await streamed('gateway', { model: cliModel, messages: says('Write a short poem') });
  expect(textOf(stream).trim().length).toBeGreaterThan(20);
  expect(stream.data.at(-1)).toBe('[DONE]');
});

test('a stream that lasts longer than any timeout stays open while tokens come', async () => {
  await needsScriptedProvider('gateway');
  const { mark } = newOperation({ tokens: 100, tps: 4 });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  expect(stream.timesMs.at(-1)).toBeGreaterThan(24_000);
  expect(textOf(stream).trim().split(/\s+/)).toHaveLength(100);
  expect(stream.data.at(-1)).toBe('[DONE]');
  expect(largestGapMs(stream)).toBeLessThan(5_000);
});
