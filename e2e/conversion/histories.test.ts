import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SeenMessage, waitForJournal } from '../../harness/suite/journal.ts';
import { ask, needsScriptedMessages } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { seed } from '../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('messages');
  await needsScriptedMessages();
});

/** One exchange: what the assistant does in its order, and how the user answers. Every text is a word of its own. */
interface Exchange {
  readonly does: readonly ('says' | 'calls' | 'thinks')[];
  /** By which of the waiting calls the user goes on; texts of the user stand between results. */
  readonly answers: readonly {
    readonly pick: number;
    readonly saysBefore: boolean;
    readonly newMessage: boolean;
  }[];
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  does: fc.array(fc.constantFrom('says', 'calls', 'calls', 'thinks'), { minLength: 1, maxLength: 6 }),
  answers: fc.array(fc.record({ pick: fc.nat(5), saysBefore: fc.boolean(), newMessage: fc.boolean() }), {
    minLength: 6,
    maxLength: 6,
  }),
});

type Block = Readonly<Record<string, unknown>>;
interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

/** What a history says, in words that occur once. */
interface Written {
  readonly turns: readonly Turn[];
  readonly userWords: readonly string[];
  readonly assistantWords: readonly string[];
  /** Calls with what their results say, in the order of the calls. */
  readonly calls: readonly { readonly id: string; readonly result: string }[];
}

function write(exchanges: readonly Exchange[]): Written {
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const word = (kind: string) => `${kind}${next()}.`;
  const userWords: string[] = [];
  const assistantWords: string[] = [];
  const calls: { id: string; result: string }[] = [];
  const userText = () => {
    const said = word('user');
    userWords.push(said);
    return { type: 'text', text: said };
  };
  const turns: Turn[] = [{ role: 'user', content: [userText()] }];
  for (const { does, answers } of exchanges) {
    const waiting: { id: string; result: string }[] = [];
    const content = does.map((what) => {
      if (what === 'thinks') return { type: 'thinking', thinking: word('thought'), signature: 'c2lnbmVk' };
      if (what === 'says') {
        const said = word('assistant');
        assistantWords.push(said);
        return { type: 'text', text: said };
      }
      const call = { id: `call_${next()}`, result: word('result') };
      waiting.push(call);
      calls.push(call);
      return { type: 'tool_use', id: call.id, name: 'look', input: { for: call.id } };
    });
    turns.push({ role: 'assistant', content });
    let reply: Turn = { role: 'user', content: [] };
    for (const { pick, saysBefore, newMessage } of answers) {
      if (waiting.length === 0) break;
      if (newMessage && reply.content.length > 0) {
        turns.push(reply);
        reply = { role: 'user', content: [] };
      }
      if (saysBefore) reply.content.push(userText());
      const [call] = waiting.splice(pick % waiting.length, 1);
      reply.content.push({ type: 'tool_result', tool_use_id: call?.id, content: call?.result });
    }
    if (reply.content.length === 0 || answers[0]?.saysBefore) reply.content.push(userText());
    turns.push(reply);
  }
  return { turns, userWords, assistantWords, calls };
}

/** Words of a kind in messages of a role, in the order in which they arrived. */
const wordsIn = (messages: readonly SeenMessage[], role: string, kind: string): readonly string[] =>
  messages
    .filter((message) => message.role === role)
    .flatMap(({ text }) => text.match(new RegExp(`\\b${kind}\\d+\\.`, 'g')) ?? []);

/** The rules that chat models hold a history to. Source: OpenAI API reference, messages of role `tool`. */
function brokenRules(messages: readonly SeenMessage[]): readonly string[] {
  const broken: string[] = [];
  let open: string[] = [];
  for (const [at, { role, toolCalls = [], toolCallId }] of messages.entries()) {
    if (role === 'tool') {
      if (open[0] === toolCallId) open.shift();
      else broken.push(`message ${at} answers ${toolCallId}, not ${open[0]}`);
      continue;
    }
    if (open.length > 0) broken.push(`message ${at} comes before the result of ${open[0]}`);
    open = toolCalls.map(({ id }) => id);
  }
  if (open.length > 0) broken.push(`no result of ${open[0]}`);
  return broken;
}

test('of any history everything arrives once, in order, each result right behind its call', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 3 }), async (exchanges) => {
      const written = write(exchanges);
      const { id, mark } = newOperation({ say: 'well' });
      const last = written.turns.at(-1) as Turn;
      const turns = written.turns.with(-1, {
        ...last,
        content: [...last.content, { type: 'text', text: mark }],
      });
      const tools = [{ name: 'look', input_schema: { type: 'object' } }];
      const { status, text } = await ask({ model, max_tokens: 100, tools, messages: turns });
      expect([status, text]).toEqual([200, expect.anything()]);
      const { messages } = await waitForJournal(id, 'completed');

      expect(brokenRules(messages)).toEqual([]);
      expect(wordsIn(messages, 'user', 'user')).toEqual(written.userWords);
      expect(wordsIn(messages, 'assistant', 'assistant')).toEqual(written.assistantWords);
      const called = messages.flatMap(({ toolCalls = [] }) => toolCalls);
      expect(called.map((call) => JSON.parse(call.arguments))).toEqual(
        written.calls.map((call) => ({ for: call.id })),
      );
      const results = messages.filter(({ role }) => role === 'tool');
      expect(results.map(({ toolCallId, text: said }) => ({ id: toolCallId, result: said.trim() }))).toEqual(
        written.calls,
      );
      expect(
        messages.flatMap(({ role, text: said }) => (role === 'assistant' ? [said] : [])).join(' '),
      ).not.toMatch(/thought\d/);
    }),
    { seed: seed(), numRuns: 100 },
  );
}, 120_000);
