import { skip } from '../skip.ts';
import type { Admin } from './admin.ts';
import { askForJson } from './chat.ts';
import { type ImportedPipes, probeText } from './pipes.ts';
import { everyWorker } from './workers.ts';

/** Skips the test when the server cannot find the package in the index it is configured with. */
export async function requireFromIndex(
  admin: Admin,
  pipes: ImportedPipes,
  requirement: string,
): Promise<void> {
  const probe = await pipes.add('probe', probeText());
  const workers = await everyWorker(admin, probe);
  const [worker = admin] = workers.admins;
  const { code } = await askForJson<{ code: number }>(worker, probe, `/index ${requirement}`);
  await workers.close();
  if (code !== 0) skip(`the server cannot reach an index with ${requirement}`, 'upstream_unavailable');
}
