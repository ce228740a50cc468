/**
 * @uses bridge
 */
import { beforeEach, expect, test } from '@jest/globals';
import { newTelegramChat, people } from '../../../harness/smoke/people.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf, release, waitForJournal } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { service } from '../../../harness/suite/stack.ts';
import { recordingOf } from '../../../harness/suite/wav.ts';

beforeEach(() => {
  needsTarget('messaging');
  service('bridge');
});

const chats = [
  ['telegram', newTelegramChat()],
  ['discord', '9001'],
] as const;

// covers 003/target-messaging
test.each(chats)('a message in %s is answered once, in a message that grows', async (platform, chat) => {
  const ann = people(platform, chat);
  const { id, mark } = newOperation({ tokens: 6, hold: 4 });
  const asked = await ann.say(`Count ${mark}`);
  await ann.answerTo(asked, (text) => text.includes('w2'));
  await release(id);
  const answer = await ann.answerTo(asked, (text) => text.endsWith('w6'));
  expect(answer.texts[0]).toBe('…');
  expect(answer.texts.length).toBeGreaterThan(2);
  expect(answer.text).toBe('w1 w2 w3 w4 w5 w6');
  const answers = (await ann.messages()).filter(({ replyTo }) => replyTo === asked.id);
  expect(answers).toHaveLength(1);
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 003/target-messaging
test.each(chats)('the next message in %s goes on from the one before', async (platform, chat) => {
  const ann = people(platform, chat);
  const first = await ann.say(`My boat is called Linnet. ${newOperation({ say: 'Noted.' }).mark}`);
  await ann.answerTo(first);
  const { id, mark } = newOperation({ say: 'Linnet.' });
  const answer = await ann.answerTo(await ann.say(`What is it called? ${mark}`));
  expect(answer.text).toBe('Linnet.');
  const [seen] = await journalOf(id);
  const texts = seen?.messages.map(({ text }) => text) ?? [];
  expect(texts.at(-2)).toBe('Noted.');
  expect(texts.at(-3)).toContain('Linnet');
});

// covers 003/target-messaging
test('a reply to an earlier answer begins a branch there', async () => {
  const ann = people('telegram', newTelegramChat());
  const root = await ann.answerTo(await ann.say(`One ${newOperation({ say: 'first' }).mark}`));
  await ann.answerTo(await ann.say(`Two ${newOperation({ say: 'second' }).mark}`));
  const { id, mark } = newOperation({ say: 'branch' });
  await ann.answerTo(await ann.say(`Three ${mark}`, { replyTo: root.id }));
  const texts = (await journalOf(id))[0]?.messages.map(({ role, text }) => `${role} ${text.split(' ')[0]}`);
  expect(texts).toEqual(['user One', 'assistant first', 'user Three']);
});

// covers 003/target-messaging
test('messages that come at once are answered in turn, each knowing the one before', async () => {
  const ann = people('telegram', newTelegramChat());
  const first = newOperation({ tokens: 6, hold: 4 });
  const second = newOperation({ say: 'second' });
  const asked = await ann.say(`One ${first.mark}`);
  const next = await ann.say(`Two ${second.mark}`);
  await ann.answerTo(asked, (text) => text.includes('w2'));
  // Another conversation does not wait for this one.
  const other = people('telegram', newTelegramChat());
  await other.answerTo(await other.say(`Hi ${newOperation({ say: 'meanwhile' }).mark}`));
  expect(await journalOf(second.id)).toEqual([]);
  await release(first.id);
  await ann.answerTo(next, (text) => text === 'second');
  const [seen] = await journalOf(second.id);
  expect(seen?.messages.at(-2)).toMatchObject({ role: 'assistant', text: 'w1 w2 w3 w4 w5 w6' });
});

// covers 003/target-messaging
test('an answer that somebody deletes while it is said is given up, at the model as well', async () => {
  const ann = people('telegram', newTelegramChat());
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const asked = await ann.say(`Count ${mark}`);
  const answer = await ann.answerTo(asked, (text) => text.includes('w2'));
  await ann.remove(answer);
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
  const after = await ann.answerTo(await ann.say(`Hi ${newOperation({ say: 'here' }).mark}`));
  expect(after.text).toBe('here');
});

// covers 003/target-messaging
test('what is being said is stopped at once, at the model as well', async () => {
  const ann = people('telegram', newTelegramChat());
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const asked = await ann.say(`Count ${mark}`);
  await ann.answerTo(asked, (text) => text.includes('w2'));
  expect((await ann.answerTo(await ann.say('/stop'))).text).toBe('Stopped 1 message.');
  expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
  expect((await ann.answerTo(asked, (text) => text.endsWith('(stopped)'))).text).toMatch(/^w1 w2/);
});

// covers 003/target-messaging
test('a conversation is counted, and forgotten with its answers', async () => {
  const ann = people('telegram', newTelegramChat());
  const answer = await ann.answerTo(await ann.say(`Remember me ${newOperation({ say: 'I do.' }).mark}`));
  expect((await ann.answerTo(await ann.say('/stats'))).text).toBe('1 message, 1 answer.');
  expect((await ann.answerTo(await ann.say('/clear'))).text).toBe('Deleted 1 answer.');
  expect((await ann.messages()).find((message) => message.id === answer.id)?.isDeleted).toBe(true);
  const { id, mark } = newOperation({ say: 'Who?' });
  await ann.answerTo(await ann.say(`Who am I? ${mark}`));
  expect((await journalOf(id))[0]?.messages).toHaveLength(1);
});

// covers 003/target-messaging
test('a model that does not answer is told of in the chat, without innards', async () => {
  const ann = people('telegram', newTelegramChat());
  const { mark } = newOperation({ status: 400 });
  const answer = await ann.answerTo(await ann.say(`Hi ${mark}`));
  expect(answer.text).toMatch(/^The model did not answer \(\d+\)\.$/);
  const after = await ann.answerTo(await ann.say(`Hi ${newOperation({ say: 'Back.' }).mark}`));
  expect(after.text).toBe('Back.');
});

// covers 003/target-messaging
// covers 003/target-voice
test.each([
  ['telegram', newTelegramChat()],
  ['discord', '9002'],
] as const)('a recording in %s is heard and answered', async (platform, chat) => {
  needsTarget('voice');
  const ann = people(platform, chat);
  const { id, mark } = newOperation({ say: 'Behind the pier.' });
  const asked = await ann.say(mark, { voice: recordingOf('Where is the harbour?') });
  const answer = await ann.answerTo(asked, (text) => text.endsWith('Behind the pier.'));
  expect(answer.text).toBe('“Where is the harbour?”\n\nBehind the pier.');
  expect((await journalOf(id))[0]?.requestText).toContain('Where is the harbour?');
});
