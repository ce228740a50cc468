import { beforeEach, expect, test } from '@jest/globals';
import {
  answerIn,
  type ChatMessage,
  cliModel,
  complete,
  langchainModel,
  says,
} from '../../harness/suite/chat.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';

beforeEach(() => needs('chat'));

async function nextTurn(
  model: string,
  soFar: readonly ChatMessage[],
  text: string,
): Promise<readonly ChatMessage[]> {
  const messages = [...soFar, ...says(text)];
  const { status, data } = await complete('gateway', { model, messages });
  expect(status).toBe(200);
  return [...messages, { role: 'assistant', content: answerIn(data) }];
}

const lastOf = (messages: readonly ChatMessage[]) => messages.at(-1)?.content;

// covers 101/TestFullChatFlow.test_multi_turn_conversation
test('a name said in the first turn is known in the second', async () => {
  const first = await nextTurn(cliModel, [], 'My name is Alice');
  const second = await nextTurn(cliModel, first, 'What is my name?');
  expect(lastOf(second)).toMatch(/alice/i);
});

test('without the first turn the name is not known: nothing leaks between conversations', async () => {
  await nextTurn(cliModel, [], 'My name is Alice');
  const other = await nextTurn(cliModel, [], 'What is my name?');
  expect(lastOf(other)).not.toMatch(/alice/i);
});

test('a conversation goes on with the other baseline', async () => {
  await needsModel(langchainModel);
  const first = await nextTurn(cliModel, [], 'My name is Alice');
  const second = await nextTurn(langchainModel, first, 'What is my name?');
  expect(lastOf(second)).toMatch(/alice/i);
});

test('of 21 turns the first is still known', async () => {
  const small = Array.from({ length: 20 }, (_, at): readonly ChatMessage[] => [
    { role: 'user', content: `What is ${at}+1?` },
    { role: 'assistant', content: `${at + 1}` },
  ]).flat();
  const first: ChatMessage = { role: 'user', content: 'My name is Alice' };
  const all = await nextTurn(cliModel, [first, ...small], 'What is my name?');
  expect(lastOf(all)).toMatch(/alice/i);
});
