import type { Sql } from '../kit/database.ts';
import type { WakeUps } from '../kit/wake-ups.ts';
import { obey } from './commands.ts';
import { ask, NoAnswer, transcribe } from './gateway-client.ts';
import { grow, show } from './growing-message.ts';
import { endJob, type Job, keepJob, noteAnswer } from './inbox.ts';
import type { Platform } from './platform.ts';
import type { BridgeSettings } from './settings.ts';
import { previousResponse } from './turns.ts';

/** What it takes to answer a message. */
export interface Answering {
  readonly sql: Sql;
  readonly leaseSql: Sql;
  readonly news: WakeUps;
  readonly settings: BridgeSettings;
  readonly holder: string;
}

const placeholder = '…';

/** Answers a message or obeys a command; what goes wrong with the model is said in the chat. */
export async function answerJob(answering: Answering, platform: Platform, job: Job): Promise<void> {
  // From the first call on: a platform may have any call wait for longer than the lease lasts.
  const kept = keep(answering, job);
  try {
    if (job.isCommand) await obeyJob(answering, platform, job);
    else await answerIn(answering, platform, job, kept);
  } finally {
    kept.release();
  }
}

async function obeyJob({ sql, holder }: Answering, platform: Platform, job: Job): Promise<void> {
  await platform.send(job, await obey(sql, platform, job), job.message);
  await endJob(sql, job, holder);
}

async function answerIn(answering: Answering, platform: Platform, job: Job, kept: Kept): Promise<void> {
  const { sql, holder, settings } = answering;
  // Of a worker that died with it: the same message goes on, so that people see one answer.
  const message = job.answerMessage ?? (await platform.send(job, placeholder, job.message));
  if (!(await noteAnswer(sql, job.id, holder, message))) {
    // Another worker has begun an answer of its own meanwhile.
    if (job.answerMessage === null) await platform.delete(job, message);
    return;
  }
  const growing = grow(platform, job, message, settings.editEveryMs, kept.goneAway);
  let said = '';
  try {
    const heard = await heardIn(answering, platform, job, kept.signal);
    const head = heard === undefined ? '' : `“${heard}”\n\n`;
    const input = [heard, job.said].filter(Boolean).join('\n\n');
    const previous = await previousResponse(sql, job);
    for await (const { text, responseId } of ask(settings, input, previous, kept.signal)) {
      said += text ?? '';
      if (said.trim() !== '') growing.show(head + said);
      if (responseId === undefined) continue;
      await growing.settled();
      await show(platform, job, message, head + said);
      await endJob(sql, job, holder, { message, responseId });
    }
  } catch (error) {
    await growing.settled();
    if (kept.isLost()) return;
    if (kept.isGone()) await endJob(sql, job, holder);
    else if (kept.isStopped()) await platform.edit(job, message, `${said}\n\n(stopped)`.trim());
    else {
      await platform.edit(
        job,
        message,
        error instanceof NoAnswer ? error.message : 'The model did not answer.',
      );
      await endJob(sql, job, holder);
      if (!(error instanceof NoAnswer)) throw error;
    }
  }
}

/** What is said in the recording of a message, if it has one. */
async function heardIn(
  { settings }: Answering,
  platform: Platform,
  { voice }: Job,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (voice === null) return undefined;
  return transcribe(settings, await platform.recording(voice, signal), signal);
}

interface Kept {
  /** Aborted when the answer is stopped, is somebody else's, or takes too long. */
  readonly signal: AbortSignal;
  isStopped(): boolean;
  isLost(): boolean;
  isGone(): boolean;
  /** Somebody has deleted the message that the answer is in. */
  readonly goneAway: () => void;
  release(): void;
}

/** Renews the lease of a job three times within it, and hears when somebody stops it. */
function keep({ leaseSql, news, settings, holder }: Answering, { id }: Job): Kept {
  const ending = new AbortController();
  let end: 'stopped' | 'lost' | 'gone' | undefined;
  const finish = (how: 'stopped' | 'lost' | 'gone') => {
    end ??= how;
    ending.abort(new Error(how));
  };
  // A renewed connection wakes everybody: what has happened is asked of the table.
  const look = () => {
    keepJob(leaseSql, id, holder, settings.leaseMs).then(
      (state) => {
        if (state !== 'kept') finish(state);
      },
      () => undefined,
    );
  };
  const timer = setInterval(look, settings.leaseMs / 3);
  const unsubscribe = news.subscribe(`stop:${id}`, look);
  return {
    signal: AbortSignal.any([ending.signal, AbortSignal.timeout(settings.answerTimeoutMs)]),
    isStopped: () => end === 'stopped',
    isLost: () => end === 'lost',
    isGone: () => end === 'gone',
    goneAway: () => finish('gone'),
    release: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
