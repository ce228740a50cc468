import { faultsOf, type Plan } from '../plan/plan.ts';
import { streamSeen, textOf } from './chat-frame.ts';
import { type Client, type Completion, completionOf, type Meaning, type Operation } from './workload.ts';

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

/** Asks for a whole answer. */
export async function chat(client: Client, body: object, headers: Headers = {}): Promise<Completion> {
  const answer = await client.request({ path, body, headers });
  return completionOf(answer, () => {
    const { choices } = answer.json<{ choices: readonly { message: { content?: string } }[] }>();
    return choices[0]?.message.content ?? '';
  });
}

/** Asks for a stream and reads it to its end, however it ends. */
export async function stream(client: Client, body: object, headers: Headers = {}): Promise<Completion> {
  const answer = await client.stream({ path, body, headers });
  if (answer.abortedAt !== undefined)
    return { type: 'unknown', stream: streamSeen(answer), error: 'hung up' };
  if (answer.status !== 200) return completionOf(answer);
  const seen = streamSeen(answer);
  if (seen.complete) return { type: 'ok', value: textOf(answer), stream: seen };
  const error = answer.endedCleanly ? 'the stream ended without its end' : 'the connection broke';
  return { type: 'unknown', value: textOf(answer), stream: seen, error };
}
