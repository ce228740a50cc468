import type { CheckChoice } from '../events.ts';
import { writtenDown } from './answers/act.ts';
import * as planted from './answers/chat-anomalies.ts';
import { gatewayRun, type RunOptions } from './answers/gateway-run.ts';
import { refusalAnomalies } from './answers/refusal-anomalies.ts';
import { cancelWithinMs } from './answers/simulated-chats.ts';
import { limit, windowMs } from './answers/simulated-store.ts';
import { usageAnomalies } from './answers/usage-anomalies.ts';
import { randomOf } from './random.ts';
import type { Simulated, Simulation } from './simulated.ts';

/** Runs that have no place for a mistake are passed over; so many seeds away is the next one. */
const nextSeed = 1_000_003;

/**
 * @param correct how correct runs may go beyond what all do
 * @param planted how runs with a mistake go: with what the checker needs to see it
 */
function simulation(
  check: CheckChoice,
  anomalies: Readonly<Record<string, planted.Plant>>,
  given: { readonly correct?: RunOptions; readonly planted?: RunOptions } = {},
): Simulation {
  const mistaken =
    (plant: planted.Plant) =>
    (seed: number): Simulated => {
      for (let at = seed; ; at += nextSeed) {
        const run = gatewayRun(at, { isCalm: true, ...given.planted });
        if (plant(run, randomOf(at + 1))) return writtenDown(run, [check]);
      }
    };
  return {
    check,
    subject: 'gateway',
    correct: (seed) => writtenDown(gatewayRun(seed, given.correct), [check]),
    anomalies: Object.fromEntries(Object.entries(anomalies).map(([name, plant]) => [name, mistaken(plant)])),
  };
}

/** Whether the model is in order decides what a hang or a refusal means. */
const healthy = { planted: { isHealthy: true } };

/** A gateway before a model, for every checker of answers. */
export const answerSimulations: readonly Simulation[] = [
  simulation({ checker: 'stream-order' }, planted.streamOrderAnomalies),
  simulation({ checker: 'truncated-complete' }, planted.truncationAnomalies),
  simulation({ checker: 'stream-ends' }, planted.endAnomalies),
  simulation({ checker: 'cancel-upstream', withinMs: cancelWithinMs }, planted.cancelAnomalies),
  simulation({ checker: 'tenant-isolation' }, planted.isolationAnomalies),
  simulation({ checker: 'exactly-once' }, planted.onceAnomalies),
  simulation({ checker: 'answer-matches' }, planted.matchAnomalies, { correct: { rewords: true } }),
  simulation({ checker: 'liveness' }, planted.livenessAnomalies, healthy),
  simulation({ checker: 'refusals', limit, windowMs }, refusalAnomalies, healthy),
  simulation({ checker: 'usage-sums' }, usageAnomalies),
];
