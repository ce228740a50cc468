import { expect, test } from '@jest/globals';
import { cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/scripted.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';

const boundMs = 5_000;
const slow = { ttft: 3_000, tokens: 2_000, tps: 20 };
/** A LiteLLM on the way notices only with the first token that nobody listens; nothing else does wait for one. */
const fewFrames = () => (optionalService('litellm') ? 500 : 1);

test('a client that leaves a stream ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const leaving = new AbortController();
  const stream = streamed(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal, onData: () => leaving.abort() },
  );
  await expect(stream).rejects.toThrow(/abort/i);
  const upstream = await waitForJournal(id, 'hungup', boundMs);
  expect(upstream.framesSent).toBeLessThan(500);
});

test('a client that leaves a stream before its first token ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation(slow);
  const leaving = new AbortController();
  const stream = streamed(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal },
  );
  stream.catch(() => undefined);
  await waitForJournal(id, 'arrived', boundMs);
  leaving.abort();
  await expect(stream).rejects.toThrow(/abort/i);
  const upstream = await waitForJournal(id, 'hungup', slow.ttft + boundMs);
  expect(upstream.framesSent).toBeLessThan(fewFrames());
});

test('a client that does not wait for a whole answer ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation(slow);
  const leaving = new AbortController();
  const answer = complete(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal },
  );
  answer.catch(() => undefined);
  await waitForJournal(id, 'arrived', boundMs);
  leaving.abort();
  await expect(answer).rejects.toThrow(/cancel/i);
  const upstream = await waitForJournal(id, 'hungup', slow.ttft + boundMs);
  expect(upstream.framesSent).toBeLessThan(fewFrames());
});

test('the LangChain baseline passes the end of a stream on as well', async () => {
  service('baseline-langchain');
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const leaving = new AbortController();
  const stream = streamed(
    'gateway',
    { model: langchainModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal, onData: () => leaving.abort() },
  );
  await expect(stream).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup', boundMs)).framesSent).toBeLessThan(500);
});

test('a client that reads to the end is no hang-up', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 20 });
  await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  const upstream = await waitForJournal(id, 'completed', boundMs);
  expect(upstream.hungUpAt).toBeUndefined();
});
