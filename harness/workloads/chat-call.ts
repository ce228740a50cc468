import type { CheckChoice } from '../history/events.ts';
import { faultsOf, type Plan } from '../plan/plan.ts';
import { streamSeen, type TokensSaid, textOf, usageIn, usageOf } from './chat-frame.ts';
import {
  type Client,
  type Completion,
  completionOf,
  type Meaning,
  type Operation,
  type StreamAnswer,
} from './workload.ts';

const tokens = 8;
/** Slow enough that frames come one by one, and that answers of several clients are under way together. */
const tokensPerSecond = 100;
/** So slow that a call which nobody stops goes on upstream for seconds after its client has hung up. */
const abortedTokensPerSecond = 3;
/** How long after a hang-up the call upstream may go on: much less than an answer at that pace takes. */
export const cancelWithinMs = 1_500;
const path = '/v1/chat/completions';

type Headers = Readonly<Record<string, string>>;

/** A secret of the client, which comes back in its own answer alone. */
const secretOf = ({ id }: Operation) => `secret-${id}`;
const answerOf = (operation: Operation) =>
  [secretOf(operation), ...Array.from({ length: tokens }, (_, word) => `w${word + 1}`)].join(' ');

const spoken = (operation: Operation) => answerOf(operation).replaceAll(' ', '_');

/** A chat whose answer is known before, and that only its client may see. */
export const chatMeaning = (operation: Operation): Meaning => ({
  does: 'call',
  key: operation.id,
  args: operation.step.args,
  expect: answerOf(operation),
  tenant: `client-${operation.step.client}`,
  marker: secretOf(operation),
});

export function chatBody(operation: Operation, model: string): object {
  const content = `Hello ${operation.mark} [[say=${spoken(operation)} tps=${tokensPerSecond}]]`;
  return { model, messages: [{ role: 'user', content }] };
}

/** @param plan of the run: streams whose client is going to hang up are slow */
export function streamBody(operation: Operation, model: string, plan: Plan): object {
  const isAborted = faultsOf(plan).some(
    ({ fault }) => fault.on === 'client' && fault.action === 'abort' && fault.operation === operation.step.id,
  );
  const pace = isAborted ? abortedTokensPerSecond : tokensPerSecond;
  const content = `Hello ${operation.mark} [[say=${spoken(operation)} tps=${pace}]]`;
  return { model, messages: [{ role: 'user', content }], stream: true };
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
  readonly choices: readonly { readonly message: { readonly content?: string | null } }[];
  readonly usage?: TokensSaid | null;
}

/** Asks for a whole answer. */
export async function chat(client: Client, body: object, headers: Headers = {}): Promise<Completion> {
  const answer = await client.request({ path, body, headers });
  const completion = completionOf(answer, () => answer.json<Chat>().choices[0]?.message.content ?? '');
  return completion.type === 'ok' ? { ...completion, ...usageIn(answer.json<Chat>().usage) } : completion;
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
function endOf({ frames, endedCleanly }: StreamAnswer): string {
  const told = frames.find((frame) => 'error' in frame);
  if (told) return told.error;
  return endedCleanly ? 'the stream ended without its end' : 'the connection broke';
}
