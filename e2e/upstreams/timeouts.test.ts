import { expect, test } from '@jest/globals';
import { complete, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import { models, needsModel } from './upstream-models.ts';

/** Asks a model whose upstream then dawdles; the answer, and what the provider saw of its end. */
async function whole(model: string, directives: Directives) {
  await needsModel(model);
  const { id, mark } = newOperation(directives);
  const { status, data } = await complete('gateway', { model, messages: says(`Hi ${mark}`) });
  return { status, code: data.error?.code, upstream: await waitForJournal(id, 'hungup') };
}

async function stream(model: string, directives: Directives) {
  await needsModel(model);
  const { id, mark } = newOperation(directives);
  const seen = await streamed('gateway', { model, messages: says(`Hi ${mark}`) });
  const upstream = await waitForJournal(id, 'hungup');
  return { seen, code: chunksOf(seen).at(-1)?.error?.code, upstream };
}

// covers 001/upstream-timeouts
test('an upstream that does not begin to answer is a 504 of its own, and is hung up on', async () => {
  const { status, code, upstream } = await whole(models.bounded, { ttft: 60_000 });
  expect(status).toBe(504);
  expect(code).toBe('upstream_first_byte_timeout');
  expect(upstream.framesSent).toBe(0);
});

// covers 001/upstream-timeouts
test('so it is for a stream, which keeps its status until it has begun', async () => {
  await needsModel(models.bounded);
  const { mark } = newOperation({ ttft: 60_000 });
  const { status, body } = await streamed('gateway', { model: models.bounded, messages: says(`Hi ${mark}`) });
  expect(status).toBe(504);
  expect(body).toContain('upstream_first_byte_timeout');
});

// covers 001/upstream-timeouts
test('an upstream that falls silent in the middle of a whole answer is a 504 of another kind', async () => {
  const { status, code } = await whole(models.bounded, { stall: 0, tokens: 20 });
  expect(status).toBe(504);
  expect(code).toBe('upstream_idle_timeout');
});

// covers 001/upstream-timeouts
test('a stream that falls silent ends in that error, and never as if it were whole', async () => {
  const { seen, code, upstream } = await stream(models.bounded, { tokens: 20, stall: 8 });
  expect(textOf(seen).trim()).toBe('w1 w2 w3 w4 w5 w6 w7');
  expect(code).toBe('upstream_idle_timeout');
  expect(doneCount(seen)).toBe(0);
  expect(upstream.completedAt).toBeUndefined();
});

// covers 001/upstream-timeouts
test('a stream that sends its headers and nothing else ends in an error as well', async () => {
  const { seen, code } = await stream(models.bounded, { tokens: 20, stall: 0 });
  expect(code).toBe('upstream_idle_timeout');
  expect(doneCount(seen)).toBe(0);
});

// covers 001/upstream-timeouts
test('a stream that goes on and on ends when its whole time is over', async () => {
  const { seen, code, upstream } = await stream(models.short, { tokens: 5_000, tps: 10 });
  expect(code).toBe('upstream_total_timeout');
  expect(doneCount(seen)).toBe(0);
  expect(upstream.framesSent).toBeGreaterThan(5);
});

test('a slow client is no silent upstream: its stream waits for it and ends well', async () => {
  await needsModel(models.bounded);
  // With 20 alternatives for each word some 80 MB, which the buffers of all sockets on the way cannot take.
  const words = 40_000;
  const { id, mark } = newOperation({ tokens: words });
  const response = await fetch(`${service('gateway').url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: models.bounded,
      messages: says(`Hi ${mark}`),
      stream: true,
      logprobs: true,
      top_logprobs: 20,
    }),
  });
  expect(response.status).toBe(200);
  // Longer than the upstream may be silent, with nothing read: the provider is held back and sends nothing more.
  let last = { framesSent: -1, at: Date.now() };
  await until(
    'the provider to be held back for 4 s',
    async () => {
      const framesSent = (await journalOf(id))[0]?.framesSent ?? 0;
      if (framesSent !== last.framesSent) last = { framesSent, at: Date.now() };
      return framesSent > 0 && Date.now() - last.at > 4_000;
    },
    40_000,
  );
  expect(last.framesSent).toBeLessThan(words);
  const text = await response.text();
  expect(text.slice(-300)).toMatch(/data: \[DONE\]\s*$/);
  expect(text).toContain(`"w${words}`);
}, 90_000);
