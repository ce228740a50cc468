import type { WorkloadStack } from '../workload.ts';
import type { ResourceDeclaration } from './declaration.ts';

/** How many items an owner may have on this stack. */
export const capOf = (cap: NonNullable<ResourceDeclaration['cap']>, stack: WorkloadStack): number =>
  typeof cap === 'number' ? cap : Number(stack.setting(cap.setting) || cap.default);
