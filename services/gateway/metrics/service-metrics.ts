import { randomUUID } from 'node:crypto';
import { type Gatherings, joinGatherings } from '../../kit/cluster/gather.ts';
import { metricsTopic } from '../../kit/cluster/gather-relay.ts';
import type { WorkerContext } from '../../kit/service.ts';
import type { UpstreamOutcome } from '../model/model-call.ts';
import { flushTopic } from './metrics-routes.ts';
import { createPrometheus, type Prometheus } from './prometheus.ts';
import { createUsageJournal } from './usage-journal.ts';
import { addUsage } from './usage-store.ts';

/** The primary gets this worker's counters so often while they change, for the case that the worker is killed. */
const leaveEveryMs = 1_000;

/** Everything that one worker counts. */
export interface ServiceMetrics {
  readonly prometheus: Prometheus;
  readonly gatherings: Gatherings;
  /** For a `ModelPlane`. */
  readonly observe: (outcome: UpstreamOutcome) => void;
}

/**
 * Starts counting. A worker that shuts down writes everything first. One that is killed loses what its callers were
 * answered in its last 200 ms (providers) or second (Prometheus), and nothing that anybody has been shown.
 */
export function startMetrics({
  sql,
  log,
  workerIndex,
  onShutdown,
}: Pick<WorkerContext, 'sql' | 'log' | 'workerIndex' | 'onShutdown'>): ServiceMetrics {
  const prometheus = createPrometheus(workerIndex);
  const gatherings = joinGatherings();
  const writer = randomUUID();
  const usage = createUsageJournal((batch) => addUsage(sql, writer, batch), log);
  gatherings.answer(flushTopic, () => usage.flush().then(() => true));
  gatherings.answer(metricsTopic, () => prometheus.registry.getMetricsAsJSON());
  const timer = setInterval(() => void gatherings.leave(metricsTopic).catch(() => undefined), leaveEveryMs);
  timer.unref();
  onShutdown(async () => {
    clearInterval(timer);
    await usage.flush();
    await gatherings.leave(metricsTopic);
  });
  return {
    prometheus,
    gatherings,
    observe: (outcome) => {
      usage.record(outcome);
      prometheus.observe(outcome);
    },
  };
}
