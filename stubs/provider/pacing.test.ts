import { expect, test } from '@jest/globals';
import { startPacing } from './pacing.ts';

const pacing = { ttftMs: 0, tokensPerSecond: 20 };

test('an answer that was held goes on at its pace, instead of making up for the time', async () => {
  const { signal } = new AbortController();
  const pace = startPacing(pacing, signal);
  await pace.held(startPacing(pacing, signal).token(3));
  const releasedAt = performance.now();
  await pace.token(2);
  expect(performance.now() - releasedAt).toBeGreaterThan(50);
});
