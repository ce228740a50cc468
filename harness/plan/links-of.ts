import { faultsOf, type Plan } from './plan.ts';

/** Links on which the plan needs the wire. */
export function linksOf(plan: Plan): readonly string[] {
  const links = faultsOf(plan).flatMap(({ fault, when }) => [
    ...(fault.on === 'link' || (fault.on === 'stream' && fault.through === 'wire') ? [fault.link] : []),
    ...(fault.on === 'worker' && typeof fault.worker === 'object' ? [fault.worker.link] : []),
    ...(when && 'atUpstream' in when ? [when.link] : []),
  ]);
  return [...new Set(links.filter((link) => link !== undefined))];
}
