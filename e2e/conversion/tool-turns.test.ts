import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { journalOf, type SeenMessage, waitForJournal } from '../../harness/suite/journal.ts';
import { ask, needsScriptedMessages } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
  await needsScriptedMessages();
});

const text = (said: string) => ({ type: 'text', text: said });
const use = (id: string, input: object = {}) => ({ type: 'tool_use', id, name: 'look', input });
const result = (id: string, content: unknown = `seen ${id}`) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
});
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const tools = [{ name: 'look', input_schema: { type: 'object' } }];

/** Sends a history behind a question that carries the operation, and returns what arrived at the model after it. */
async function arrived(...history: readonly object[]): Promise<readonly SeenMessage[]> {
  const { id, mark } = newOperation({ say: 'well' });
  const last = history.at(-1) as { role: string; content: object[] };
  const marked = history.with(-1, { ...last, content: [...last.content, text(`go on ${mark}`)] });
  const messages = [user(text('Where is the harbour?')), ...marked];
  const { status, text: body } = await ask({ model, max_tokens: 100, tools, messages });
  expect([status, body]).toEqual([200, expect.anything()]);
  const seen = (await waitForJournal(id, 'completed')).messages;
  expect(seen[0]).toMatchObject({ role: 'user', text: 'Where is the harbour?' });
  expect(seen.at(-1)).toMatchObject({ role: 'user', text: expect.stringContaining(mark) });
  return seen.slice(1);
}

/** Each message in a word: what it calls or answers, and what it says. */
const inShort = (messages: readonly SeenMessage[]): readonly string[] =>
  messages.map(({ role, text: said, toolCalls = [], toolCallId }) => {
    const whose = [role, ...toolCalls.map(({ id }) => id), ...(toolCallId ? [toolCallId] : [])].join(' ');
    return `${whose}: ${said.replace(/\s*go on .*$/s, '')}`.trim();
  });

// covers 003/deferred-text
test('what the assistant said after a call is replayed behind the result, as a turn of its own', async () => {
  const seen = await arrived(assistant(use('A'), text('I am looking.')), user(result('A')));
  expect(inShort(seen)).toEqual(['assistant A:', 'tool A: seen A', 'assistant: I am looking.', 'user:']);
});

test('what it said before the call stays with it', async () => {
  const seen = await arrived(assistant(text('Let me see.'), use('A'), text('There.')), user(result('A')));
  expect(inShort(seen)).toEqual(['assistant A: Let me see.', 'tool A: seen A', 'assistant: There.', 'user:']);
});

// covers 003/deferred-text
test('text waits for the results of all calls, which may come in several messages', async () => {
  const seen = await arrived(
    assistant(use('A'), use('B'), text('Both.')),
    user(result('A')),
    user(result('B'), text('so?')),
  );
  expect(inShort(seen)).toEqual([
    'assistant A B:',
    'tool A: seen A',
    'tool B: seen B',
    'assistant: Both.',
    'user: so?',
  ]);
});

test('text between two calls is not lost', async () => {
  const seen = await arrived(
    assistant(use('A'), text('And then.'), use('B')),
    user(result('A'), result('B')),
  );
  expect(inShort(seen)).toEqual([
    'assistant A B:',
    'tool A: seen A',
    'tool B: seen B',
    'assistant: And then.',
    'user:',
  ]);
});

test('results come in the order of their calls, before what the user said beside them', async () => {
  const seen = await arrived(assistant(use('A'), use('B')), user(text('here'), result('B'), result('A')));
  expect(inShort(seen)).toEqual(['assistant A B:', 'tool A: seen A', 'tool B: seen B', 'user: here']);
});

test('ids that come again in a later turn belong to that turn', async () => {
  const turn = (at: number) => [assistant(use('A', { at })), user(result('A', `seen ${at}`))];
  const seen = await arrived(...turn(1), assistant(text('Once more.')), user(text('Do.')), ...turn(2));
  expect(inShort(seen)).toEqual([
    ...['assistant A:', 'tool A: seen 1', 'assistant: Once more.', 'user: Do.'],
    ...['assistant A:', 'tool A: seen 2', 'user:'],
  ]);
});

test('inputs arrive as they were', async () => {
  const input = { place: 'é€漢😀 "quoted" \\ \n', deep: { list: [1, 2.5, null, true] } };
  const [call] = await arrived(assistant(use('A', input)), user(result('A')));
  expect(JSON.parse(call?.toolCalls?.[0]?.arguments ?? '')).toEqual(input);
});

test('results of every shape arrive as text', async () => {
  const parts = [text('one'), text('two')];
  const failed = { ...result('C', 'no harbour'), is_error: true };
  const calls = assistant(use('A'), use('B'), use('C'), use('D'));
  const none = { type: 'tool_result', tool_use_id: 'D' };
  const seen = await arrived(calls, user(result('A', ''), result('B', parts), failed, none));
  const told = seen.flatMap(({ role, text: said }) => (role === 'tool' ? [said] : []));
  expect(told[1]).toMatch(/^one\s+two$/);
  expect(told[2]).toContain('no harbour');
  expect(told).toHaveLength(4);
});

test.each([
  ['a call without a result', [assistant(use('A'), text('I am looking.')), user(text('Never mind.'))]],
  ['a result without a call', [user(result('nobody'))]],
  ['two results of one call', [assistant(use('A')), user(result('A'), result('A'))]],
  ['a call at the end of the conversation', [assistant(use('A'))]],
])('%s is refused by name or sent in an order that models take, and never stuck', async (_, history) => {
  const { id, mark } = newOperation();
  const messages = [user(text(`Where is the harbour? ${mark}`)), ...history];
  const { status, body } = await ask({ model, max_tokens: 100, tools, messages });
  if (status === 200) {
    const [entry] = await journalOf(id);
    const calls = entry?.messages.flatMap(({ toolCalls = [] }) => toolCalls.map((call) => call.id)) ?? [];
    const answers = entry?.messages.flatMap(({ toolCallId }) => toolCallId ?? []) ?? [];
    expect(answers).toEqual(calls);
  } else {
    expect([status, body]).toMatchObject([400, { type: 'error', error: { type: 'invalid_request_error' } }]);
    expect(await journalOf(id)).toEqual([]);
  }
});
