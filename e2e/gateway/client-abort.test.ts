import { beforeEach, expect, test } from '@jest/globals';
import { cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsHangUpsPassedOn, needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

/** The model says nothing until it is let go on. */
const silent = { hold: 0, tokens: 2_000, tps: 20 };

/** Frames that a silent model sent before it noticed that nobody listens. A LiteLLM on the way notices with the first one only. */
async function framesToNobody(id: string): Promise<number> {
  if (optionalService('litellm')) await release(id);
  return (await waitForJournal(id, 'hungup')).framesSent;
}

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
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a client that leaves a stream before its first token ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation(silent);
  const leaving = new AbortController();
  const stream = streamed(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal },
  );
  stream.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  await expect(stream).rejects.toThrow(/abort/i);
  expect(await framesToNobody(id)).toBeLessThan(fewFrames());
});

test('a client that does not wait for a whole answer ends the request at the model', async () => {
  await needsScriptedProvider('gateway');
  needsHangUpsPassedOn();
  const { id, mark } = newOperation(silent);
  const leaving = new AbortController();
  const answer = complete(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal },
  );
  answer.catch(() => undefined);
  await waitForJournal(id, 'arrived');
  leaving.abort();
  await expect(answer).rejects.toThrow(/cancel/i);
  expect(await framesToNobody(id)).toBeLessThan(fewFrames());
});

test('the LangChain baseline passes the end of a stream on as well', async () => {
  await needsModel(langchainModel);
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const leaving = new AbortController();
  const stream = streamed(
    'gateway',
    { model: langchainModel, messages: says(`Hi ${mark}`) },
    { signal: leaving.signal, onData: () => leaving.abort() },
  );
  await expect(stream).rejects.toThrow(/abort/i);
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

// Some 400 KB upstream, whose body ends only when the client has read [DONE]. Whoever throws away what comes after it up to
// a limit only closes before the model is done.
test.each([
  ['through a baseline', () => cliModel],
  ['straight to the provider', textModel],
])(
  'a client that reads a long stream to its end %s is no hang-up, although the model ends it late',
  async (_, modelOf) => {
    const model = await modelOf();
    await needsScriptedProvider('gateway');
    if (model === cliModel && optionalService('litellm')) skip('LiteLLM itself hangs up after [DONE]');
    const { id, mark } = newOperation({ tokens: 2_000, hold: 99_999 });
    let released: Promise<void> | undefined;
    const onData = (data: string) => {
      if (data === '[DONE]') released = release(id);
    };
    const stream = await streamed('gateway', { model, messages: says(`Hi ${mark}`) }, { onData });
    await released;
    expect(textOf(stream).trim().split(/\s+/)).toHaveLength(2_000);
    expect(doneCount(stream)).toBe(1);
    const upstream = await waitForJournal(id, 'completed');
    expect(upstream.hungUpAt).toBeUndefined();
  },
);
