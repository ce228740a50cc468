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
test.each([
  ['telegram', newTelegramChat()],
  ['discord', '9001'],
] as const)(
  'a conversation in %s goes on after a restart, with what was said meanwhile',
  async (platform, chat) => {
    needsTarget('messaging');
    service('bridge');
    const ann = people(platform, chat);
    await ann.answerTo(await ann.say(`My boat is called Linnet. ${newOperation({ say: 'Noted.' }).mark}`));
    const restarted = restartService('bridge');
    const { id, mark } = newOperation({ say: 'Linnet.' });
    const asked = await ann.say(`What is it called? ${mark}`);
    await restarted;
    expect((await ann.answerTo(asked, (text) => text === 'Linnet.')).replyTo).toBe(asked.id);
    expect((await ann.messages()).filter(({ replyTo }) => replyTo === asked.id)).toHaveLength(1);
    const seen = await journalOf(id);
    expect(seen.at(-1)?.messages.map(({ text }) => text)).toContain('Noted.');
  },
);
