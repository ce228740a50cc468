import { isDeepStrictEqual } from 'node:util';
import type { Response } from 'openai/resources/responses/responses';
import { newOperation } from '../operation.ts';
import { ask, type PlainAnswer } from '../responses/caller.ts';
import { type Attempt, doubled, type Ledger, newNotes, shown, untilDone, untilRead } from './ledger.ts';

/** A conversation that one client has, with the turns that were acknowledged. */
interface Conversation {
  readonly id: string;
  readonly turns: { readonly said: string; readonly answered: string }[];
}

/** What the model is told grows with each turn. */
const turnsOfConversation = 25;

/** Stored responses, turn after turn of a conversation for each client. */
export function responsesLedger(model: string): Ledger {
  const notes = newNotes();
  const stored: Response[] = [];
  const all: Conversation[] = [];
  const current = new Map<number, Conversation>();
  let count = 0;

  const conversationFor = async (client: number): Promise<Conversation> => {
    const known = current.get(client);
    if (known && known.turns.length < turnsOfConversation) return known;
    const id = await untilRead(notes, 'a conversation', async () =>
      doneWith(await ask('POST', '/conversations', {}), (body) => body.id as string),
    );
    const made = { id, turns: [] };
    all.push(made);
    current.set(client, made);
    return made;
  };

  return {
    name: 'responses',
    ...notes,
    async write(client) {
      const conversation = await conversationFor(client);
      const { id, turns } = conversation;
      let said = '';
      const answered = `answer ${client}`;
      const response = await untilDone(notes, 'a response', async () => {
        count += 1;
        // Each attempt says something else: one whose answer was lost may have been done.
        said = `q${count}`;
        const { mark } = newOperation({ say: `${answered} q${count}` });
        const input = `${said} ${mark}`;
        const answer = await ask('POST', '/responses', { model, input, conversation: id });
        // One that could not be ended is told as failed.
        if (answer.body?.status === 'failed') return { status: 200, said: shown(answer.body.error) };
        return doneWith(answer, (body) => body);
      });
      turns.push({ said, answered: `${answered} ${said}` });
      stored.push(response);
      const read = await untilRead(notes, response.id, () => retrieved(response.id));
      if (shownText(read) !== `${answered} ${said}`)
        notes.wrong.push(`${response.id} says "${shownText(read)}" after it was acknowledged`);
    },
    async account() {
      const findings = [...notes.wrong];
      for (const response of stored) {
        const { body } = await ask('GET', `/responses/${response.id}`);
        if (!isDeepStrictEqual(body, response)) findings.push(`${response.id} is now ${shown(body)}`);
      }
      for (const id of doubled(stored.map((response) => response.id))) findings.push(`${id} was given twice`);
      for (const { id, turns } of all) findings.push(...misplaced(id, turns, await itemsOf(id)));
      return findings;
    },
  };
}

/** Turns are there once each, in their order, each with its answer behind it; others of the same client may be between. */
export function misplaced(
  id: string,
  turns: Conversation['turns'],
  texts: readonly string[],
): readonly string[] {
  const findings = doubled(texts).map((text) => `"${text}" is twice in ${id}`);
  let last = -1;
  for (const { said, answered } of turns) {
    const at = texts.indexOf(said);
    if (at < 0 || texts[at + 1] !== answered) findings.push(`"${said}" or its answer is lost in ${id}`);
    else if (at < last) findings.push(`"${said}" is out of order in ${id}`);
    last = Math.max(at, last);
  }
  return findings;
}

/** What each message of a conversation says, oldest first, without directives. */
async function itemsOf(conversation: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let after = ''; ; ) {
    const path = `/conversations/${conversation}/items?order=asc&limit=100${after}`;
    const { status, body } = await ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${shown(body)}`);
    for (const { content } of body.data) texts.push(String(content?.[0]?.text).replace(/ ?\[\[.*/, ''));
    if (!body.has_more) return texts;
    after = `&after=${body.last_id}`;
  }
}

async function retrieved(id: string): Promise<Attempt<Response | undefined>> {
  const answer = await ask('GET', `/responses/${id}`);
  return answer.status === 404 ? { done: undefined } : doneWith(answer, (body) => body);
}

const shownText = (response: Response | undefined): string =>
  response?.output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('') ?? 'nothing';

function doneWith<T>({ status, body }: PlainAnswer, value: (body: PlainAnswer['body']) => T): Attempt<T> {
  return status === 200 ? { done: value(body) } : { status, said: shown(body) };
}
