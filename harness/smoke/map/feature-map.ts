import { botRows } from './bot-rows.ts';
import type { FeatureRow } from './feature-row.ts';
import { messageRows } from './message-rows.ts';
import { providerRows } from './provider-rows.ts';
import { stackRows } from './stack-rows.ts';

/** Every feature of the smoke: docs/smoke.md is made from it, and `npm test` holds it to the tests that there are. */
export const featureMap: readonly FeatureRow[] = [...messageRows, ...providerRows, ...stackRows, ...botRows];
