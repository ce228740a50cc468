import { randomUUID } from 'node:crypto';
import axios from 'axios';
import { cliModel, complete, says } from '../chat.ts';
import { memoriesOf, newUser, remember } from '../memory.ts';
import { skip } from '../skip.ts';
import { service } from '../stack.ts';
import { until } from '../until.ts';

/** Found out once for each test file. */
let known: Promise<boolean> | undefined;

/**
 * For tests that tell something to the gateway or the memory service and look for it in the other one: skips the running
 * test when the gateway runs elsewhere and has a memory service of its own. Services that this run started are of one stack.
 */
export async function needsOneMemory(): Promise<void> {
  const { remote } = service('gateway');
  service('memory');
  if (!remote) return;
  known ??= hasMemoryOfStack();
  if (!(await known))
    skip(
      'the gateway runs elsewhere and has not the memory service of this stack: they keep different memories',
    );
}

/**
 * Whether the gateway knows what the memory service of the stack is told, or the other way round. Anything but the memories
 * themselves is no answer to this question: then the tests shall run and tell.
 *
 * @param learnedWithinMs for what is told in a chat to be remembered, where the gateway has no route for memories
 */
export async function hasMemoryOfStack(learnedWithinMs = 8_000): Promise<boolean> {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const url = `${service('gateway').url}/api/memories`;
  const { status, data } = await axios.get(url, {
    params: { user_id: user },
    timeout: 20_000,
    validateStatus: () => true,
  });
  if (status === 200 && Array.isArray(data?.memories)) {
    return data.memories.some(({ id }: { readonly id?: string }) => id === memory.id);
  }
  if (status !== 404 && status !== 405) return true;
  return await learnsThere(learnedWithinMs);
}

async function learnsThere(learnedWithinMs: number): Promise<boolean> {
  const user = newUser();
  const told = { model: cliModel, messages: says('I live in Porto.'), user_id: user, enable_memory: true };
  if ((await complete('gateway', told)).status !== 200) return true;
  const learned = async () => (await memoriesOf(user)).length > 0;
  return await until('what was told is remembered', learned, learnedWithinMs).catch(() => false);
}

/**
 * For tests that disturb a baseline and look at the gateway: skips the running test when the gateway runs elsewhere and a
 * request for `model` leaves no trace in the baseline of this stack.
 */
export async function needsBaselineBehind(baseline: string, model: string): Promise<void> {
  const { url } = service(baseline);
  if (!service('gateway').remote) return;
  const id = `trace-${randomUUID()}`;
  const headers = { 'X-Request-Id': id, 'X-Debug-Request-Id': id };
  await complete('gateway', { model, messages: says('Hi'), debug: true }, { headers });
  const { status } = await axios.get(`${url}/v1/debug/stream/${id}`, {
    timeout: 10_000,
    validateStatus: () => true,
    responseType: 'text',
  });
  if (status === 200) return;
  skip(`the gateway runs elsewhere, and nothing shows that its requests pass the ${baseline} of this stack`);
}
