import { createHash } from 'node:crypto';
import axios from 'axios';
import { type JournalEntry, journalOf } from '../../harness/suite/journal.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';

/** Models that the gateway of compose.yaml takes straight to the scripted provider, each set up for one purpose. */
export const models = {
  /** Two keys that never cool down. */
  twoKeys: 'scripted-two-keys',
  /** Two keys with cooldowns. */
  cooling: 'scripted-cooling',
  limited: 'scripted-limited',
  lasting: 'scripted-lasting',
  /** One key, or none, with cooldowns. */
  growing: 'scripted-growing',
  /** A provider that nobody listens for, and one that stands in for it. */
  standby: 'scripted-standby',
  /** 1.5 s to begin an answer, and for silence in it. */
  bounded: 'scripted-bounded',
  /** 3 s for a whole answer. */
  short: 'scripted-short',
} as const;

/** Skips the running test where the gateway does not offer the model, or its provider keeps no journal. */
export async function needsModel(id: string): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  const { url } = service('gateway');
  const { status, data } = await axios.get<{ data?: readonly { id: string }[] }>(`${url}/v1/models`, {
    validateStatus: () => true,
    timeout: 10_000,
  });
  const offered = status === 200 && data.data?.some((model) => model.id === id);
  if (!offered) skip(`the gateway does not offer ${id}: GET /v1/models answered ${status} without it`);
}

/** What the journal keeps of the two keys in compose.yaml. */
export const keyDigests: readonly string[] = ['scripted-key-a', 'scripted-key-b'].map((key) =>
  createHash('sha256').update(`Bearer ${key}`).digest('hex'),
);

/** Status and key of every request of an operation that reached the provider, in order. */
export async function attemptsOf(
  op: string,
): Promise<readonly Pick<JournalEntry, 'status' | 'keySha256' | 'arrivedAt'>[]> {
  return journalOf(op);
}
