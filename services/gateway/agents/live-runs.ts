import type { FastifyBaseLogger } from 'fastify';
import type { TransactionSql } from '../../kit/database.ts';
import { databaseAnswer } from '../../kit/database-answer.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { WorkerLease } from '../worker-lease.ts';
import { type Changed, tooManyRuns } from './run-changes.ts';
import { type RequestIds, type RunnerContext, runAttempt } from './runner.ts';
import { interruptOrphans, letGoOfRuns, sweepRuns } from './upkeep.ts';

const lookMs = 1_000;
const sweepMs = 60_000;

/** The runs of one worker. */
export interface LiveRuns {
  /**
   * Makes a change of the run `id` in one transaction, and runs it if the change has begun it. Throws 429 when this worker
   * has enough to do, 503 when it shuts down.
   */
  change<T extends Changed>(
    id: string,
    ids: RequestIds,
    change: (tx: TransactionSql) => Promise<T>,
  ): Promise<T>;
  /** Looks after runs that nobody runs. */
  look(): Promise<void>;
  /** Resolves when no run of this worker is left. */
  settled(): Promise<void>;
}

export interface LiveRunsContext extends RunnerContext {
  readonly lease: WorkerLease;
  readonly draining: AbortSignal;
  readonly workerLog: FastifyBaseLogger;
}

export function createLiveRuns(context: LiveRunsContext): LiveRuns {
  const { sql, lease, draining, settings, workerLog } = context;
  /** How many changes and attempts of a run are under way here: one may begin before the one before is over. */
  const held = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const hold = (id: string) => held.set(id, (held.get(id) ?? 0) + 1);
  const release = (id: string) => {
    const left = (held.get(id) ?? 1) - 1;
    if (left > 0) held.set(id, left);
    else held.delete(id);
  };

  const start = ({ run }: Changed, ids: RequestIds) => {
    hold(run.id);
    const attempt = runAttempt(context, run, ids)
      .catch((err) => ids.log.error({ err, run: run.id }, 'agent run broke off'))
      .finally(() => {
        release(run.id);
        running.delete(attempt);
      });
    running.add(attempt);
  };

  return {
    async change(id, ids, change) {
      if (draining.aborted) throw shuttingDown();
      if (running.size >= settings.maxPerWorker) {
        throw tooManyRuns(`at most ${settings.maxPerWorker} agent runs of one worker at a time`);
      }
      hold(id);
      try {
        const changed = await databaseAnswer(sql.begin(change));
        if (changed.begun) start(changed, ids);
        return changed as Awaited<ReturnType<typeof change>>;
      } finally {
        release(id);
      }
    },

    async look() {
      await letGoOfRuns(context, lease.worker, (id) => held.has(id));
      for (const run of await interruptOrphans(context, lease))
        workerLog.info({ run }, 'agent run interrupted');
    },

    settled: async () => {
      await Promise.all(running);
    },
  };
}

/** Looks once a second for runs without a worker, and once a minute for what is too old. Returns how to end it. */
export function lookAfterRuns(
  runs: LiveRuns,
  { sql, log, settings, workerLog }: LiveRunsContext,
): () => void {
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    await runs.look().catch((err) => workerLog.warn({ err }, 'agent runs not looked after'));
    busy = false;
  };
  const sweep = () =>
    sweepRuns({ sql, log }, settings.keepHours).catch((err) =>
      workerLog.warn({ err }, 'old agent runs not swept'),
    );
  const timers = [setInterval(() => void look(), lookMs), setInterval(() => void sweep(), sweepMs)];
  for (const timer of timers) timer.unref();
  return () => timers.forEach(clearInterval);
}

function shuttingDown() {
  const error = openaiError(503, 'The gateway is shutting down.', 'server_error', 'shutting_down');
  error.retryAfter = '1';
  return error;
}
