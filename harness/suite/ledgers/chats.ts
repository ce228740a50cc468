import { answerIn, complete, says, streamed } from '../chat.ts';
import { chunksOf, doneCount, textOf } from '../event-stream.ts';
import { newOperation } from '../operation.ts';
import { type Ledger, newNotes, shown, untilDone } from './ledger.ts';

const tokens = 12;
const streamWithinMs = 40_000;
const whole = Array.from({ length: tokens }, (_, at) => `w${at + 1}`).join(' ');

/** Chats through these models in turn, whole and streamed: what is acknowledged as complete has to be all of it, once. */
export function chatsLedger(models: readonly string[]): Ledger {
  const notes = newNotes();
  let count = 0;

  return {
    name: 'chats',
    ...notes,
    async write() {
      const number = count++;
      const model = models[number % models.length] as string;
      const isStreamed = Math.floor(number / models.length) % 2 === 0;
      const said = await untilDone(notes, `a chat with ${model}`, () =>
        isStreamed ? streamedChat(model) : wholeChat(model),
      );
      if (said.trim() !== whole) notes.wrong.push(`a chat with ${model} was complete with "${said}"`);
    },
    account: async () => [...notes.wrong],
  };
}

async function wholeChat(model: string) {
  const { mark } = newOperation({ tokens });
  const { status, data } = await complete('gateway', { model, messages: says(`Hi ${mark}`) });
  return status === 200 ? { done: answerIn(data) } : { status, said: shown(data) };
}

async function streamedChat(model: string) {
  const { mark } = newOperation({ tokens });
  const signal = AbortSignal.timeout(streamWithinMs);
  const seen = await streamed('gateway', { model, messages: says(`Hi ${mark}`) }, { signal });
  if (seen.status === 200 && doneCount(seen) === 1) return { done: textOf(seen) };
  // A stream that broke off has told so by its status, by an error frame, or by its connection.
  const failed = seen.status === 200 && chunksOf(seen).find(({ error }) => error)?.error;
  return { status: seen.status === 200 ? 0 : seen.status, said: failed ? failed.message : shown(seen.body) };
}
