import type { StackRecord } from '../stack/run-folder.ts';

const timeoutMs = 10_000;

/** What the providers of some stacks saw, as JSON lines; undefined when none of them has a scripted provider that answers. */
export async function readJournals(
  records: readonly (StackRecord | undefined)[],
): Promise<string | undefined> {
  const journals = await Promise.all(records.map((record) => record && readJournal(record)));
  const told = journals.filter((journal) => journal !== undefined);
  return told.length > 0 ? told.join('') : undefined;
}

async function readJournal(record: StackRecord): Promise<string | undefined> {
  const provider = record.services.provider;
  if (provider?.state !== 'healthy' || !provider.url) return undefined;
  try {
    const response = await fetch(`${provider.url}/journal?limit=100000`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return undefined;
    const entries = (await response.json()) as readonly unknown[];
    return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  } catch {
    return undefined;
  }
}
