import type { FeatureRow } from './feature-row.ts';

const messaging = 'smoke/product/messaging.test.ts';
const bots = 'smoke/product/bots.test.ts';
const prerequisites = 'smoke/prereq/bots.test.ts';
const bridge = 'the bridge of the stack (profile `bots`), on doubles';

/** Features that are about bots and speech. */
export const botRows: readonly FeatureRow[] = [
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'full flow',
    scenario: 'a message in Telegram and in Discord, and the next one',
    environment: bridge,
    expected: 'one answer each, which grows by edits; the second knows the first; one request at the model',
    failure: 'product_failure',
    product: [
      `${messaging}: a message in %s is answered once, in a message that grows`,
      `${messaging}: the next message in %s goes on from the one before`,
    ],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'commands',
    scenario: '/stop while an answer is said, /stats, /clear',
    environment: bridge,
    expected: 'the model is hung up on, counts are right, answers are deleted and forgotten',
    failure: 'product_failure',
    product: [
      `${messaging}: what is being said is stopped at once, at the model as well`,
      `${messaging}: a conversation is counted, and forgotten with its answers`,
    ],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'trees',
    scenario: 'a reply to an earlier answer',
    environment: bridge,
    expected: 'the model sees that branch alone',
    failure: 'product_failure',
    product: [`${messaging}: a reply to an earlier answer begins a branch there`],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'persistence',
    scenario: 'the bridge restarts while somebody writes',
    environment: bridge,
    expected: 'the message is answered once, in its conversation',
    failure: 'product_failure',
    product: [
      'smoke/product/messaging-restart.test.ts: conversations go on after a restart, with what was said meanwhile',
    ],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'killed workers',
    scenario: 'all workers of the bridge are killed while an answer is said',
    environment: `${bridge}, with two workers that the scope sees`,
    expected: 'another worker answers in the same message',
    failure: 'product_failure',
    product: [
      'smoke/product/messaging-killed-workers.test.ts: a message whose worker is killed is answered by another one, in the message that was begun',
    ],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'errors',
    scenario: 'the model refuses a message',
    environment: bridge,
    expected: 'a sentence in the chat without innards; the next message is answered',
    failure: 'product_failure',
    product: [`${messaging}: a model that does not answer is told of in the chat, without innards`],
  },
  {
    target: 'messaging',
    feature: 'bots',
    subfeature: 'voice notes',
    scenario: 'a recording in Telegram and in Discord',
    environment: bridge,
    expected: 'what was heard, and an answer to it',
    failure: 'product_failure',
    product: [`${messaging}: a recording in %s is heard and answered`],
  },
  {
    target: 'telegram',
    feature: 'Telegram',
    subfeature: 'threads',
    scenario: 'two topics of one group',
    environment: bridge,
    expected: 'answers in their topics, conversations of their own',
    failure: 'product_failure',
    product: [`${bots}: topics of a group of Telegram are conversations of their own`],
    prerequisites: [
      `${prerequisites}: a bot of Telegram is who its token says, and may send, edit and delete`,
      `${prerequisites}: a wrong token of Telegram is refused`,
    ],
  },
  {
    target: 'telegram',
    feature: 'Telegram',
    subfeature: 'limits',
    scenario: '429 with retry_after; an answer of more than 4,096 characters',
    environment: bridge,
    expected: 'the answer once, later; every word once, in several messages',
    failure: 'product_failure',
    product: [
      `${bots}: a bot that Telegram has wait sends its answer when it may, once`,
      `${bots}: an answer that is longer than a message of Telegram comes in several, with every word once`,
    ],
  },
  {
    target: 'discord',
    feature: 'Discord',
    subfeature: 'threads',
    scenario: '/thread, then a message in it',
    environment: bridge,
    expected: 'an answer in the thread, which is a conversation of its own',
    failure: 'product_failure',
    product: [
      `${bots}: a thread of Discord is begun by a command, read from then on, and a conversation of its own`,
    ],
    prerequisites: [
      `${prerequisites}: a bot of Discord has its channel, and may send, edit and delete there`,
      `${prerequisites}: a wrong token of Discord is refused`,
    ],
  },
  {
    target: 'discord',
    feature: 'Discord',
    subfeature: 'limits',
    scenario: '429 with retry_after',
    environment: bridge,
    expected: 'the answer once, later',
    failure: 'product_failure',
    product: [`${bots}: a bot that Discord has wait sends its answer when it may, once`],
  },
  ...(['telegram', 'discord'] as const).map(
    (target): FeatureRow => ({
      target,
      feature: target === 'telegram' ? 'Telegram' : 'Discord',
      subfeature: 'messages that a person writes by hand',
      scenario: 'somebody follows printed steps in a real chat',
      environment: 'a person',
      expected: 'an answer in the chat',
      failure: 'product_failure',
      product: {
        reason: 'a run has no person; the doubles play one, and a real bot is tried by its prerequisites',
      },
    }),
  ),
  {
    target: 'voice',
    feature: 'speech',
    subfeature: 'recordings',
    scenario: 'a WAV file that is made for it is transcribed',
    environment: 'live: WHISPER_ENDPOINT and CHUTES_API_KEY; else the scripted speech service',
    expected: 'the text that the recording holds',
    failure: 'product_failure',
    product: [
      'smoke/product/voice.test.ts: a recording that was made for this becomes the text that it holds',
    ],
  },
];
