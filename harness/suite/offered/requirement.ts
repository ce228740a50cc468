import { type FeatureName, featureNames } from './feature.ts';

/** What `--require` takes: features that a service must offer, and `conventions` for what we ask beyond the standards. */
export type Requirement = FeatureName | 'conventions';

export const requirements: readonly Requirement[] = [...featureNames, 'conventions'];

/** Whether the run was started with `--require` and this name. */
export function isRequired(name: Requirement): boolean {
  return (process.env.GAUNTLET_REQUIRE ?? '').split(',').includes(name);
}
