import type { Simulation } from './simulated.ts';
import { stateSimulations } from './state.ts';

/** Every simulated subject, for the tables of `npm run bench -- checkers`. */
export const allSimulations: readonly Simulation[] = [...stateSimulations];
