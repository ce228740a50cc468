import { beforeEach, expect, test } from '@jest/globals';
import {
  type ChatAnswer,
  cliModel,
  complete,
  langchainModel,
  says,
  streamed,
} from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, type SeenStream, textOf } from '../../harness/suite/event-stream.ts';
import { heldStream } from '../../harness/suite/held-stream.ts';
import { waitForJournal } from '../../harness/suite/journal.ts';
import { type KnownFailure, unlessKnown } from '../../harness/suite/known-failure.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { optionalService } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

/** LiteLLM completes such a stream itself, before a baseline sees it. */
const completed = (): KnownFailure | undefined =>
  optionalService('litellm') && {
    ...{ bug: 'litellm-clean-end', service: 'litellm', version: '1.106.2' },
    says: /Expected: 0\s+Received: 1/,
  };

/**
 * A stream is cut off, for the client, when it says neither [DONE] nor "stop" and ends in an error: clients of the API take
 * an error frame or a broken connection for one, and an orderly end for a whole answer.
 */
function expectCutOff(stream: SeenStream): void {
  expectNotWhole(stream);
  const chunks = chunksOf(stream);
  const reasons = chunks.flatMap((chunk) => chunk.choices ?? []).map(({ finish_reason: reason }) => reason);
  expect(reasons.filter(Boolean)).toEqual([]);
}

function expectNotWhole(stream: SeenStream): void {
  expect(doneCount(stream)).toBe(0);
  const errors = chunksOf(stream).flatMap(({ error }) => error ?? []);
  expect(errors.length > 0 || !stream.endedCleanly).toBe(true);
  convention('gateway', 'a stream that breaks off ends in one error frame', () => {
    expect(chunksOf(stream).at(-1)?.error).toMatchObject({ message: expect.stringMatching(/./) });
    expect(errors).toHaveLength(1);
  });
}

/** The status is a 5xx of its own choice for a model that breaks off: 502 is ours. */
function expectFailed(status: number, data: ChatAnswer): void {
  expect(status).toBeGreaterThanOrEqual(500);
  expect(data.choices).toBeUndefined();
  convention('gateway', 'an answer that breaks off is a 502', () => expect(status).toBe(502));
  convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
    expect(data.error?.message).toEqual(expect.any(String)),
  );
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
  await needsModel(langchainModel);
  const stream = await brokenStream(langchainModel, 'cut', 25);
  expect(textOf(stream).trim()).toBe(words(24));
});

test('a stream that breaks after its last token, before its finish, is not complete', async () => {
  const stream = await brokenStream(cliModel, 'cut', 41);
  expect(textOf(stream).trim()).toBe(words(40));
  expectCutOff(stream);
});

test('a stream that breaks between its finish and its [DONE] is not complete either', async () => {
  const stream = await brokenStream(cliModel, 'cut', 43);
  await unlessKnown(completed(), async () => expectNotWhole(stream));
});

test('a stream that breaks before its first token is an error', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 40, cut: 1 });
  const stream = await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expect(stream.body).not.toContain('[DONE]');
  if (stream.status === 200) expectCutOff(stream);
  else expect(stream.status).toBeGreaterThanOrEqual(500);
});

test('an error that the model reports on the way reaches the client as an error', async () => {
  expectCutOff(await brokenStream(cliModel, 'error', 12));
});

test('LangChain makes no whole answer of a broken one', async () => {
  await needsModel(langchainModel);
  expectCutOff(await brokenStream(langchainModel, 'cut', 12));
});

test('a stream that ends in an orderly way, but without a finish, is not complete', async () => {
  const stream = await brokenStream(cliModel, 'end', 12);
  await unlessKnown(completed(), async () => expectCutOff(stream));
});

test('LangChain notices a missing finish as well', async () => {
  await needsModel(langchainModel);
  const stream = await brokenStream(langchainModel, 'end', 12);
  await unlessKnown(completed(), async () => expectCutOff(stream));
});

test('a whole answer that breaks off is a failure, never half an answer', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation({ tokens: 40, cut: 12 });
  const { status, data } = await complete('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expectFailed(status, data);
});

test('a whole answer of LangChain that breaks off is a failure too', async () => {
  await needsScriptedProvider('gateway');
  await needsModel(langchainModel);
  const { id, mark } = newOperation({ tokens: 40, cut: 12 });
  const { status, data } = await complete('gateway', { model: langchainModel, messages: says(`Hi ${mark}`) });
  await waitForJournal(id, 'fault');
  expectFailed(status, data);
});
