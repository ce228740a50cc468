import { uuidOf } from '../workloads/workload.ts';
import { nextRun } from './running/nonce.ts';
import { clientOutside, type Lab } from './running/run-plan.ts';

/**
 * Lets a workload find out once what a subject offers, before plans are made. Returns what is left out, a line each; nothing for
 * a workload that asks the same of every subject.
 * @throws GauntletError GNT_SUBJECT_REFUSED, GNT_SUBJECT_SILENT
 */
export async function exploreSubject(lab: Lab): Promise<readonly string[]> {
  const { stack, workload } = lab;
  if (!workload.explore) return [];
  const { nonce } = nextRun(stack, { seed: 0, path: 'explore' }, lab.salt ?? stack.salt);
  const uuid = (name: string) => uuidOf(nonce, name);
  return await workload.explore({ stack, nonce, uuid, client: clientOutside(lab) });
}
