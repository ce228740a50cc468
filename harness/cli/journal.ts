import type { StackRecord } from '../stack/run-folder.ts';

const timeoutMs = 10_000;

/** The provider's journal as JSON lines, or undefined when the stack has no scripted provider that answers. */
export async function readJournal(record: StackRecord): Promise<string | undefined> {
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
