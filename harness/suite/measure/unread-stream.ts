import { Agent, request } from 'undici';
import { journalOf } from '../journal.ts';
import { newOperation } from '../operation.ts';
import { apiUrl, ownKey } from '../responses/caller.ts';
import { until } from '../until.ts';

/** A stream whose client does not read. */
export interface UnreadStream {
  /** The operation that its model knows it by. */
  readonly op: string;
  leave(): Promise<void>;
}

const stalledWithinMs = 30_000;

/**
 * Asks for a long answer as fast as it is read and reads nothing of it; resolves when its model has noticed, which sends
 * no more then.
 *
 * @param words more than the buffers on the way take
 */
export async function openUnread(model: string, words: number): Promise<UnreadStream> {
  const dispatcher = new Agent({ bodyTimeout: 0 });
  const { id: op, mark } = newOperation({ tokens: words, tps: 0 });
  const { body } = await request(`${apiUrl()}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ownKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: `Hi ${mark}`, stream: true }),
    dispatcher,
  });
  body.on('error', () => undefined);
  let sent = -1;
  const isStalled = async () => {
    const before = sent;
    sent = (await journalOf(op))[0]?.framesSent ?? 0;
    return sent > 0 && sent === before;
  };
  try {
    await until('the model to wait for a client that does not read', isStalled, stalledWithinMs);
  } catch (error) {
    await dispatcher.destroy();
    throw error;
  }
  return { op, leave: () => dispatcher.destroy() };
}
