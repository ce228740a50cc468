import type { CheckChoice } from '../history/events.ts';
import { faultsOf, type Plan, servedOperation } from '../plan/plan.ts';
import { streamSeen, type TokensSaid, textOf, usageIn, usageOf } from './chat-frame.ts';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  type Meaning,
  type Operation,
  type StreamAnswer,
} from './workload.ts';

/** Some of more than one byte, so that a cut inside a character is one. */
export const words = ['w1', 'é2', '€3', '漢4', '😀5', 'w6', 'née€7', '漢😀8'];
/** Words of a short answer, with the secret before them. */
export const answerFrames = words.length + 1;
/**
 * One frame of more than the 64 KiB from which a socket of Node asks to wait (it counts characters of a text), beside so
 * many that a worker which loses some loses one of these.
 */
const longWords = [...numbered(60), '漢é€😀'.repeat(15_000), ...numbered(70)];
/** It comes in pieces of so many bytes: frames arrive several at once, cut anywhere, and none by itself. */
const longPieces = 4_000;
/** Slow enough that frames come one by one, and that answers of several clients are under way together. */
const tokensPerSecond = 100;
/** So slow that a call which nobody stops goes on upstream for seconds after its client has hung up. */
const abortedTokensPerSecond = 3;
/** Before the first frame nothing comes for longer than a hang-up may take to be passed on. */
const abortedFirstTokenMs = 2_500;
/** Slow enough that what waits for a frame of a stream finds it under way. */
const awaitedTokensPerSecond = 20;
/** How long after a hang-up the call upstream may go on: much less than an answer at that pace takes. */
export const cancelWithinMs = 1_500;
const path = '/v1/chat/completions';

type Headers = Readonly<Record<string, string>>;

/** A secret of the client, which comes back in its own answer alone. */
export const secretOf = ({ id }: Operation) => `secret-${id}`;
export const answerOf = (operation: Operation, said: readonly string[]) =>
  [secretOf(operation), ...said].join(' ');

/** What the model is told to say, and how fast. */
export const spoken = (operation: Operation, said: readonly string[]) =>
  `say=${answerOf(operation, said).replaceAll(' ', '_')}`;

/** A chat whose answer is known before, and that only its client may see. */
export const chatMeaning = (operation: Operation): Meaning =>
  callMeaning(operation, answerOf(operation, words));

/** A call whose answer is known before. */
export const callMeaning = (operation: Operation, expect: string): Meaning => ({
  does: 'call',
  key: operation.id,
  args: operation.step.args,
  expect,
  tenant: `client-${operation.step.client}`,
  marker: secretOf(operation),
});

/**
 * What a client says to get the answer of `chatMeaning`.
 * @param plan of the run: what its client is going to hang up, and what faults wait for, is slow
 */
export const chatText = (operation: Operation, plan?: Plan): string =>
  `Hello ${operation.mark} [[${spoken(operation, words)} ${paceOf(operation, plan)}]]`;

/** @param plan of the run, as for `chatText` */
export function chatBody(operation: Operation, model: string, plan?: Plan): object {
  return { model, messages: [{ role: 'user', content: chatText(operation, plan) }] };
}

/** @param plan of the run, as for `chatBody` */
export const streamBody = (operation: Operation, model: string, plan: Plan): object => ({
  ...chatBody(operation, model, plan),
  stream: true,
});

/** A long answer, as fast as it is taken. */
export const longMeaning = (operation: Operation): Meaning =>
  callMeaning(operation, answerOf(operation, longWords));

export function longBody(operation: Operation, model: string): object {
  const content = `Hello ${operation.mark} [[${spoken(operation, longWords)} pieces=${longPieces}]]`;
  return { model, messages: [{ role: 'user', content }], stream: true };
}

/** Directives for how fast the model answers an operation. */
export function paceOf({ step: { id } }: Operation, plan: Plan | undefined): string {
  const faults = plan ? faultsOf(plan) : [];
  const aborted = faults.flatMap(({ fault }) =>
    fault.on === 'client' && fault.action === 'abort' && fault.operation === id ? [fault.afterFrames] : [],
  );
  if (aborted.includes(0)) return `ttft=${abortedFirstTokenMs} tps=${abortedTokensPerSecond}`;
  if (aborted.length > 0) return `tps=${abortedTokensPerSecond}`;
  const isAwaited = faults.some(
    (step) =>
      servedOperation(step) === id || (step.when && 'operation' in step.when && step.when.operation === id),
  );
  return `tps=${isAwaited ? awaitedTokensPerSecond : tokensPerSecond}`;
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, word) => `w${word + 1}`);
}

/** With further directives; a planned fault of the operation stays what it is: `times` would take it from the one that it is for. */
export function withMishap(operation: Operation, directives: string): Operation {
  const isPlain = /^\[\[op=[^\s\]]+\]\]$/.test(operation.mark);
  return directives === '' || !isPlain
    ? operation
    : { ...operation, mark: `${operation.mark} [[${directives}]]` };
}

/** Checks that hold for every subject that passes chats on to the model, whatever else it does. */
export const chatChecks: readonly CheckChoice[] = [
  { checker: 'answer-matches' },
  { checker: 'stream-order' },
  { checker: 'stream-ends' },
  { checker: 'truncated-complete' },
  { checker: 'liveness' },
  { checker: 'refusals' },
  { checker: 'tenant-isolation' },
];

interface Chat {
  readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[];
  readonly usage?: TokensSaid | null;
}

/** Asks for a whole answer. */
export async function chat(client: Client, body: object, headers: Headers = {}): Promise<Completion> {
  const answer = await client.request({ path, body, headers });
  const chat = answer.status === 200 ? chatIn(answer) : undefined;
  // What is no chat, such as an error with 200, is what the client got for an answer.
  const completion = completionOf(answer, () => chat?.choices?.[0]?.message?.content ?? answer.text);
  return completion.type === 'ok' ? { ...completion, ...usageIn(chat?.usage) } : completion;
}

function chatIn(answer: Answer): Chat | undefined {
  try {
    return answer.json<Chat | null>() ?? undefined;
  } catch {
    return undefined;
  }
}

/** Asks for a stream and reads it to its end, however it ends, or until the time is over. */
export async function stream(client: Client, body: object, headers: Headers = {}): Promise<Completion> {
  const answer = await client.stream({ path, body, headers });
  const seen = streamSeen(answer);
  if (answer.abortedAt !== undefined) return { type: 'unknown', stream: seen, error: 'hung up' };
  const { status } = answer;
  if (answer.timedOut)
    return { type: 'unknown', status, stream: seen, timedOut: true, error: 'no end in time' };
  if (status !== 200) return completionOf(answer);
  const common = { status, value: textOf(answer), stream: seen, ...usageOf(answer) };
  return seen.complete ? { type: 'ok', ...common } : { type: 'unknown', ...common, error: endOf(answer) };
}

/** How a stream ended that is not whole, for people. */
export function endOf({ frames, endedCleanly }: StreamAnswer): string {
  const told = frames.find((frame) => 'error' in frame);
  if (told) return told.error;
  return endedCleanly ? 'the stream ended without its end' : 'the connection broke';
}
