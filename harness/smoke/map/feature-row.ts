import type { FailureClass } from '../failures/failure-class.ts';
import type { TargetName } from '../target.ts';

/** A line of the map: what is promised, how it is tried, and what a failure of it means. */
export interface FeatureRow {
  readonly target: TargetName;
  readonly feature: string;
  readonly subfeature: string;
  readonly scenario: string;
  /** What has to be there; without it the scenario is skipped as `missing_env`. */
  readonly environment: string;
  readonly expected: string;
  /** The class of a failure, where everything that is needed is there. */
  readonly failure: FailureClass;
  /** Tests that try it through the product, as `smoke/product/api.test.ts: title`; or why there are none. */
  readonly product: readonly string[] | { readonly reason: string };
  /** Tests that only show that it can be tried; they never count as coverage. */
  readonly prerequisites?: readonly string[];
}
