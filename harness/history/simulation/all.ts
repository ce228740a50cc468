import { answerSimulations } from './answers.ts';
import { limitSimulations } from './limits.ts';
import { resourceSimulations } from './resource.ts';
import type { Simulation } from './simulated.ts';
import { stateSimulations } from './state.ts';
import { taskSimulations } from './tasks.ts';

/** Every simulated subject, for the tables of `npm run bench -- checkers`. */
export const allSimulations: readonly Simulation[] = [
  ...stateSimulations,
  ...resourceSimulations,
  ...answerSimulations,
  ...limitSimulations,
  ...taskSimulations,
];
