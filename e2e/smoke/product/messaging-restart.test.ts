/**
 * Restarts the bridge.
 *
 * @alone bridge
 */
import { expect, test } from '@jest/globals';
import { newTelegramChat, people } from '../../../harness/smoke/people.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { journalOf } from '../../../harness/suite/journal.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { restartService } from '../../../harness/suite/restart.ts';
import { service } from '../../../harness/suite/stack.ts';

// covers 003/target-messaging
test('conversations go on after a restart, with what was said meanwhile', async () => {
  needsTarget('messaging');
  service('bridge');
  const chats = [people('telegram', newTelegramChat()), people('discord', '9001')];
  for (const ann of chats)
    await ann.answerTo(await ann.say(`My boat is called Linnet. ${newOperation({ say: 'Noted.' }).mark}`));
  const restarted = restartService('bridge');
  const operations = chats.map(() => newOperation({ say: 'Linnet.' }));
  const asked = await Promise.all(
    chats.map((ann, at) => ann.say(`What is it called? ${operations[at]?.mark}`)),
  );
  await restarted;
  for (const [at, ann] of chats.entries()) {
    const question = asked[at] as (typeof asked)[number];
    await ann.answerTo(question, (text) => text === 'Linnet.');
    expect((await ann.messages()).filter(({ replyTo }) => replyTo === question.id)).toHaveLength(1);
    const seen = await journalOf(operations[at]?.id ?? '');
    expect(seen.at(-1)?.messages.map(({ text }) => text)).toContain('Noted.');
  }
});
