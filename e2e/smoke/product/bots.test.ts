/**
 * @uses bridge
 */
import { expect, test } from '@jest/globals';
import { newTelegramChat, people } from '../../../harness/smoke/people.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { service } from '../../../harness/suite/stack.ts';
import { until } from '../../../harness/suite/until.ts';

// covers 003/target-telegram
test('topics of a group of Telegram are conversations of their own', async () => {
  needsTarget('telegram');
  service('bridge');
  const ann = people('telegram', newTelegramChat());
  await ann.answerTo(await ann.say(`Here ${newOperation({ say: 'here' }).mark}`, { thread: '11' }));
  const { id, mark } = newOperation({ say: 'there' });
  const answer = await ann.answerTo(await ann.say(`There ${mark}`, { thread: '12' }));
  expect(answer.thread).toBe('12');
  expect((await journalOf(id))[0]?.messages).toHaveLength(1);
});

// covers 003/target-telegram
test('a bot that Telegram has wait sends its answer when it may, once', async () => {
  needsTarget('telegram');
  service('bridge');
  const ann = people('telegram', newTelegramChat());
  await ann.limit('sendMessage', 1, 1);
  // One may hit the answer as it grows, the other one hits its end.
  await ann.limit('editMessageText', 2, 1);
  const { id, mark } = newOperation({ say: 'At last.' });
  const asked = await ann.say(`Hi ${mark}`);
  expect((await ann.answerTo(asked, (text) => text === 'At last.')).replyTo).toBe(asked.id);
  expect((await ann.messages()).filter(({ from }) => from === 'bot')).toHaveLength(1);
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 003/target-telegram
test('a bot that Telegram has wait for longer than its worker is waited for does so, and answers once', async () => {
  needsTarget('telegram');
  service('bridge');
  const ann = people('telegram', newTelegramChat());
  const waitSeconds = 5;
  await ann.limit('sendMessage', 1, waitSeconds);
  const { id, mark } = newOperation({ say: 'At last.' });
  const since = performance.now();
  const asked = await ann.say(`Hi ${mark}`);
  await ann.answerTo(asked, (text) => text === 'At last.');
  expect(performance.now() - since).toBeGreaterThanOrEqual(waitSeconds * 1_000);
  expect((await ann.messages()).filter(({ from }) => from === 'bot')).toHaveLength(1);
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 003/target-telegram
test('an answer that is longer than a message of Telegram comes in several, with every word once', async () => {
  needsTarget('telegram');
  service('bridge');
  const ann = people('telegram', newTelegramChat());
  const { mark } = newOperation({ tokens: 1_500 });
  await ann.say(`Count ${mark}`);
  const said = await until('the last word', async () => {
    const texts = (await ann.messages()).filter(({ from }) => from === 'bot').map(({ text }) => text);
    return texts.at(-1)?.endsWith(' w1500') && texts;
  });
  expect(said.length).toBeGreaterThan(1);
  expect(said.join(' ').split(' ')).toEqual(Array.from({ length: 1_500 }, (_, at) => `w${at + 1}`));
});

// covers 003/target-discord
test('a thread of Discord is begun by a command, read from then on, and a conversation of its own', async () => {
  needsTarget('discord');
  service('bridge');
  const ann = people('discord', '9003');
  const asked = await ann.say('/thread harbour');
  expect((await ann.answerTo(asked)).text).toBe('Began the thread harbour.');
  const inThread = people('discord', String(asked.id));
  const { id, mark } = newOperation({ say: 'in here' });
  expect((await inThread.answerTo(await inThread.say(`Hi ${mark}`))).text).toBe('in here');
  expect((await journalOf(id))[0]?.messages).toHaveLength(1);
});

// covers 003/target-discord
test('a bot that Discord has wait sends its answer when it may, once', async () => {
  needsTarget('discord');
  service('bridge');
  const ann = people('discord', '9003');
  await ann.limit('send', 1, 1);
  await ann.limit('edit', 2, 1);
  const { id, mark } = newOperation({ say: 'At last.' });
  const asked = await ann.say(`Hi ${mark}`);
  await ann.answerTo(asked, (text) => text === 'At last.');
  expect((await ann.messages()).filter(({ replyTo }) => replyTo === asked.id)).toHaveLength(1);
  expect(await journalOf(id)).toHaveLength(1);
});
