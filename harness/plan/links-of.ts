import { faultsOf, type Plan } from './plan.ts';

/** Links on which the plan needs the wire. */
export function linksOf(plan: Plan): readonly string[] {
  const links = faultsOf(plan).flatMap(({ fault }) =>
    fault.on === 'stream' && fault.through === 'wire' ? (fault.link ?? []) : [],
  );
  return [...new Set(links)];
}
