import { AuthenticationError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ask, client, headers, type RawAnswer, says, send } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { seed, service } from '../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
});

const good = () => ({ model, max_tokens: 50, messages: says('Hello') });

/** An error of the Messages API: its status, its type, a message, and the id of the request in both places. */
function expectError({ status, headers: answered, body }: RawAnswer, wanted: number, type: string): void {
  expect([status, body]).toMatchObject([
    wanted,
    { type: 'error', error: { type, message: expect.stringMatching(/./) }, request_id: expect.any(String) },
  ]);
  expect(answered.get('request-id')).toBe((body as { request_id: string }).request_id);
  expect(answered.get('content-type')).toMatch(/^application\/json/);
}

test('the official client finds a missing model to be a NotFoundError', async () => {
  const failure = await client()
    .messages.create({ ...good(), model: 'no-such-model' })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NotFoundError);
  expect(failure).toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/./) });
});

test('the official client finds an empty conversation to be a BadRequestError', async () => {
  const asking = client().messages.create({ ...good(), messages: [] });
  const failure = await asking.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BadRequestError);
  expect(failure).toMatchObject({ type: 'invalid_request_error' });
});

test('a wrong key is an AuthenticationError, where keys are asked for', async () => {
  const wrong = { 'x-api-key': 'sk-nobody-has-this-one' };
  const answer = await ask(good(), { more: wrong });
  if (answer.status === 200) skip('the gateway takes any key as a caller of its own', 'missing_env');
  expectError(answer, 401, 'authentication_error');
  const asking = client().withOptions({ apiKey: wrong['x-api-key'] }).messages.create(good());
  await expect(asking).rejects.toBeInstanceOf(AuthenticationError);
});

test('an unknown route below /v1/messages is an error of this API', async () => {
  expectError(await ask(good(), { below: '/no-such-route' }), 404, 'not_found_error');
});

const wrongBodies: readonly (readonly [string, object])[] = [
  ['no limit', { max_tokens: undefined }],
  ['a limit of no tokens', { max_tokens: 0 }],
  ['a limit in words', { max_tokens: '50' }],
  ['a model that is a number', { model: 5 }],
  ['no conversation', { messages: undefined }],
  ['a conversation that is a text', { messages: 'Hello' }],
  ['a message of nobody', { messages: [{ content: 'Hello' }] }],
  ['a message of a stranger', { messages: [{ role: 'stranger', content: 'Hello' }] }],
  ['a message that is a number', { messages: [{ role: 'user', content: 5 }] }],
  ['a block without a type', { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }],
  ['a block of an unknown type', { messages: [{ role: 'user', content: [{ type: 'smell' }] }] }],
  ['a text block without text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
  ['a user who says nothing', { messages: [{ role: 'user', content: '' }] }],
  ['a field that nobody knows', { no_such_field: 1 }],
  ['a temperature of 3', { temperature: 3 }],
  ['a stream that is a word', { stream: 'yes' }],
  ['a choice of a tool without tools', { tool_choice: { type: 'tool', name: 'look' } }],
  ['a tool without a name', { tools: [{ input_schema: { type: 'object' } }] }],
  ['a thinking budget below 1,024', { thinking: { type: 'enabled', budget_tokens: 10 } }],
  ['a system prompt that is a number', { system: 5 }],
];

test.each(wrongBodies)('%s is an invalid request', async (_, more) => {
  expectError(await ask({ ...good(), ...more }), 400, 'invalid_request_error');
});

// covers 003/preflight
test('nothing of an invalid request is streamed', async () => {
  expectError(await ask({ ...good(), max_tokens: 0, stream: true }), 400, 'invalid_request_error');
});

test.each([
  ['no body', ''],
  ['broken JSON', '{"model":'],
  ['JSON that is no object', '[]'],
  ['JSON that is null', 'null'],
])('%s is an invalid request', async (_, body) => {
  expectError(await send(body), 400, 'invalid_request_error');
});

test('bytes that are no UTF-8 are an invalid request', async () => {
  const [before, after] = JSON.stringify({ ...good(), messages: says('a#b') }).split('#') as [string, string];
  const body = Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from(after)]);
  expectError(await send(body), 400, 'invalid_request_error');
});

test('nesting without end is an invalid request', async () => {
  const depth = 20_000;
  const input = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const body = JSON.stringify({ ...good(), tools: [{ name: 'look', input_schema: { deep: '#' } }] });
  expectError(await send(body.replace('"#"', input)), 400, 'invalid_request_error');
});

test('a body of 10 MB is answered, or refused as too large', async () => {
  const answer = await ask({ ...good(), messages: says('x'.repeat(9_999_000)) });
  if (answer.status !== 200) expectError(answer, 413, 'request_too_large');
});

test('a body of more than the API reads is refused as too large', async () => {
  const body = JSON.stringify({ ...good(), messages: says('x'.repeat(33 * 1024 * 1024)) });
  // A server may close the connection under a body that it does not want to read to the end.
  const answer = await send(body).catch(() => undefined);
  if (answer) expectError(answer, 413, 'request_too_large');
  expect((await ask(good())).status).toBe(200);
});

test('a character that databases refuse is a character like others', async () => {
  const answer = await ask({ ...good(), messages: says('Hello \u0000 there') });
  expect([answer.status, answer.body]).toMatchObject([200, { type: 'message' }]);
});

test('a version that was never there is an invalid request', async () => {
  const more = { 'anthropic-version': '1999-01-01' };
  expectError(await ask(good(), { more }), 400, 'invalid_request_error');
});

test('headers of clients that ask for more change nothing', async () => {
  const more = { 'anthropic-beta': 'some-feature-2025-01-01', 'user-agent': 'claude-cli/2.0 (external)' };
  const answer = await ask(good(), { below: '?beta=true', more });
  expect([answer.status, answer.body]).toMatchObject([200, { type: 'message' }]);
});

test('a key is taken from either header', async () => {
  const { 'x-api-key': key = '', ...others } = headers();
  const response = await fetch(`${service('gateway').url}/v1/messages`, {
    method: 'POST',
    headers: { ...others, authorization: `Bearer ${key}` },
    body: JSON.stringify(good()),
  });
  expect(response.status).toBe(200);
  await response.text();
});

test('whatever is sent, the answer is a message or an error of this API, and the next request is served', async () => {
  const junk = fc.record(
    {
      model: fc.oneof(fc.constant(model), fc.jsonValue({ maxDepth: 1 })),
      max_tokens: fc.oneof(fc.constant(20), fc.jsonValue({ maxDepth: 1 })),
      messages: fc.oneof(
        fc.constant(says('Hello')),
        fc.jsonValue({ maxDepth: 3 }),
        fc.array(
          fc.record({
            role: fc.constantFrom('user', 'assistant', 'system', 'tool'),
            content: fc.oneof(
              fc.string({ unit: 'binary' }),
              fc.array(
                fc.record(
                  {
                    type: fc.constantFrom(
                      'text',
                      'image',
                      'tool_use',
                      'tool_result',
                      'thinking',
                      'document',
                      'x',
                    ),
                    text: fc.string(),
                    id: fc.constantFrom('a', 'b'),
                    tool_use_id: fc.constantFrom('a', 'b'),
                    name: fc.string(),
                    input: fc.jsonValue({ maxDepth: 2 }),
                    content: fc.jsonValue({ maxDepth: 2 }),
                    source: fc.jsonValue({ maxDepth: 2 }),
                    thinking: fc.string(),
                  },
                  { requiredKeys: ['type'] },
                ),
                { maxLength: 3 },
              ),
            ),
          }),
          { maxLength: 4 },
        ),
      ),
      system: fc.jsonValue({ maxDepth: 2 }),
      tools: fc.jsonValue({ maxDepth: 3 }),
      tool_choice: fc.jsonValue({ maxDepth: 1 }),
      thinking: fc.jsonValue({ maxDepth: 1 }),
      stop_sequences: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: ['model', 'max_tokens', 'messages'] },
  );
  const below = fc.constantFrom('', '/count_tokens');
  await fc.assert(
    fc.asyncProperty(junk, below, async (body, where) => {
      const { max_tokens: limit, stop_sequences: stops, ...rest } = body;
      const sent = where === '' ? { ...rest, max_tokens: limit, stop_sequences: stops } : rest;
      const answer = await ask(sent, { below: where });
      if (answer.status !== 200) {
        expect(answer.status).toBeLessThan(500);
        expectError(answer, answer.status, (answer.body as { error: { type: string } }).error.type);
      }
    }),
    { seed: seed(), numRuns: 150 },
  );
  expect((await ask(good())).status).toBe(200);
}, 120_000);
