import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { type Answering, answerJob } from './answer-job.ts';
import { holdPoller, keepPolled, takeJob } from './inbox.ts';
import type { Platform } from './platform.ts';

const afterFailureMs = 1_000;
/** How long a free place waits for news before it looks again: leases end without any. */
const lookEveryMs = 1_000;

/**
 * Polls a platform as long as this worker holds it, and waits for it to come free otherwise, until `signal` aborts.
 */
export async function pollLoop(
  { sql, leaseSql, settings, holder }: Answering,
  platform: Platform,
  log: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<void> {
  const { leaseMs } = settings;
  const hold = () => holdPoller(leaseSql, platform.name, holder, leaseMs);
  while (!signal.aborted) {
    try {
      const cursors = await hold();
      if (cursors === undefined) {
        await delay(leaseMs / 3, undefined, { signal });
        continue;
      }
      // A long poll outlasts the lease. Whoever loses it stops polling: the platform gives its messages to one.
      const polling = new AbortController();
      const renewal = setInterval(() => {
        hold().then(
          (held) => held ?? polling.abort(new Error('another worker polls')),
          () => undefined,
        );
      }, leaseMs / 3);
      try {
        const found = await platform.poll(cursors, AbortSignal.any([signal, polling.signal]));
        await keepPolled(sql, platform.name, holder, found);
      } finally {
        clearInterval(renewal);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ platform: platform.name, reason: reasonOf(error) }, 'poll failed');
      await delay(afterFailureMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Answers messages one after the other until `signal` aborts; each worker runs as many of these as it has places. */
export async function answerLoop(
  answering: Answering,
  platforms: readonly Platform[],
  log: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<void> {
  const { sql, news, settings, holder } = answering;
  while (!signal.aborted) {
    try {
      // Before the look, so that what comes between is not missed.
      const woken = news.next('inbox', lookEveryMs, signal);
      const job = await takeJob(sql, holder, settings.leaseMs);
      if (job === undefined) {
        await woken;
        continue;
      }
      const platform = platforms.find(({ name }) => name === job.platform);
      if (platform) await answerJob(answering, platform, job);
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'a message was not answered');
      await delay(afterFailureMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The kind of an error: messages of clients quote addresses, in which Telegram has the token. */
function reasonOf(error: unknown): string {
  const { name = 'unknown', code, error_code: status } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [name, code ?? status].filter((part) => part !== undefined).join(' ');
}
