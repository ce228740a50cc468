import { expect, test } from '@jest/globals';
import { cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, type SeenStream, textOf } from '../../harness/suite/event-stream.ts';
import { heldStream } from '../../harness/suite/held-stream.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/scripted.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';

const completedByLitellm = 'LiteLLM completes such a stream itself, before a baseline sees it';

/** A stream is cut off, for the client, when it ends in an error frame and says neither [DONE] nor "stop". */
function expectCutOff(stream: SeenStream): void {
  expect(doneCount(stream)).toBe(0);
  const chunks = chunksOf(stream);
  expect(chunks.at(-1)?.error).toMatchObject({ message: expect.stringMatching(/./) });
  expect(chunks.filter((chunk) => chunk.error)).toHaveLength(1);
  const reasons = chunks.flatMap((chunk) => chunk.choices ?? []).map(({ finish_reason: reason }) => reason);
  expect(reasons.filter(Boolean)).toEqual([]);
}

/** `w1 w2 … wn`, as the scripted model says it. */
const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at + 1}`).join(' ');

/**
 * A stream of 40 words that is hit after so many events, the first of which is the role. A broken connection takes
 * unread bytes with it, so it breaks only when the client has read all words before.
 */
async function brokenStream(
  model: string,
  kind: 'cut' | 'end' | 'error',
  after: number,
): Promise<SeenStream> {
  await needsScriptedProvider('gateway');
  const directives = { tokens: 40, hold: after, [kind]: after };
  const { id, stream } = await heldStream(model, directives, words(Math.min(after - 1, 40)));
  // Without this a fault that never happened would pass for one that was survived.
  await waitForJournal(id, 'fault');
  return stream;
}

test('a stream that the model breaks off after some tokens ends in an error, never in [DONE]', async () => {
  const stream = await brokenStream(cliModel, 'cut', 12);
  expect(stream.status).toBe(200);
  expect(textOf(stream).trim()).toBe(words(11));
  expectCutOff(stream);
});

test('the tokens before the break are all there, and none after it', async () => {
  service('baseline-langchain');
  const stream = await brokenStream(langchainModel, 'cut', 25);
  expect(textOf(stream).trim()).toBe(words(24));
});

test('a stream that breaks after its last token, before its finish, is not complete', async () => {
  const stream = await brokenStream(cliModel, 'cut', 41);
  expect(textOf(stream).trim()).toBe(words(40));
  expectCutOff(stream);
});

test('a stream that breaks between its finish and its [DONE] is not complete either', async () => {
  if (optionalService('litellm')) skip(completedByLitellm);
  const stream = await brokenStream(cliModel, 'cut', 43);
  expect(doneCount(stream)).toBe(0);
  expect(chunksOf(stream).at(-1)?.error).toBeDefined();
});

test('a stream that breaks before its first token is an error', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 40, cut: 1 });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expect(stream.body).not.toContain('[DONE]');
  expect(stream.body).toContain('"error"');
});

test('an error that the model reports on the way reaches the client as an error', async () => {
  expectCutOff(await brokenStream(cliModel, 'error', 12));
});

test('LangChain makes no whole answer of a broken one', async () => {
  service('baseline-langchain');
  expectCutOff(await brokenStream(langchainModel, 'cut', 12));
});

test('a stream that ends in an orderly way, but without a finish, is not complete', async () => {
  if (optionalService('litellm')) skip(completedByLitellm);
  expectCutOff(await brokenStream(cliModel, 'end', 12));
});

test('LangChain notices a missing finish as well', async () => {
  if (optionalService('litellm')) skip(completedByLitellm);
  service('baseline-langchain');
  expectCutOff(await brokenStream(langchainModel, 'end', 12));
});

test('a whole answer that breaks off is a 502, never half an answer', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 40, cut: 12 });
  const { status, data } = await complete('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expect(status).toBe(502);
  expect(data.choices).toBeUndefined();
  expect(data.error?.message).toEqual(expect.any(String));
});

test('a whole answer of LangChain that breaks off is a 502 too', async () => {
  await needsScriptedProvider('gateway');
  service('baseline-langchain');
  const { id, mark } = newOperation({ tokens: 40, cut: 12 });
  const { status, data } = await complete('gateway', { model: langchainModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expect(status).toBe(502);
  expect(data.choices).toBeUndefined();
});
