import type { Source } from './replacement.ts';
import type { ServiceSpec } from './service.ts';

/** One service of a stack: started here, already running somewhere, or left out with a reason. */
export type PlannedService =
  | { readonly mode: 'start'; readonly spec: ServiceSpec; readonly source: Source; readonly hostPort: number }
  | { readonly mode: 'remote'; readonly spec: ServiceSpec; readonly url: string }
  | { readonly mode: 'absent'; readonly spec: ServiceSpec; readonly reason: string };
