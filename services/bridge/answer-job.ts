import type { Sql } from '../kit/database.ts';
import type { WakeUps } from '../kit/wake-ups.ts';
import { obey } from './commands.ts';
import { ask, NoAnswer, transcribe } from './gateway-client.ts';
import { endJob, type Job, keepJob, noteAnswer } from './inbox.ts';
import type { Platform } from './platform.ts';
import type { BridgeSettings } from './settings.ts';
import { previousResponse } from './turns.ts';

/** What it takes to answer a message. */
export interface Answering {
  readonly sql: Sql;
  readonly news: WakeUps;
  readonly settings: BridgeSettings;
  readonly holder: string;
}

const placeholder = '…';

/** Answers a message or obeys a command; what goes wrong with the model is said in the chat. */
export async function answerJob(answering: Answering, platform: Platform, job: Job): Promise<void> {
  const { sql, holder, settings } = answering;
  if (job.isCommand) {
    await platform.send(job, await obey(sql, platform, job), job.message);
    await endJob(sql, job, holder);
    return;
  }
  // Of a worker that died with it: the same message goes on, so that people see one answer.
  const message = job.answerMessage ?? (await platform.send(job, placeholder, job.message));
  await noteAnswer(sql, job.id, holder, message);
  const kept = keep(answering, job);
  let said = '';
  try {
    const input = await inputOf(answering, platform, job, kept.signal);
    const heard = job.voice === null ? '' : `“${input}”\n\n`;
    const previous = await previousResponse(sql, job);
    let editedAt = performance.now();
    let shown = placeholder;
    for await (const { text, responseId } of ask(settings, input, previous, kept.signal)) {
      said += text ?? '';
      if (responseId !== undefined) {
        await show(platform, job, message, heard + said);
        await endJob(sql, job, holder, { message, responseId });
        return;
      }
      const whole = heard + said;
      const isDue = performance.now() - editedAt >= settings.editEveryMs;
      if (!isDue || said.trim() === '' || whole === shown || whole.length > platform.textLimit) continue;
      if ((await platform.edit(job, message, whole)) === 'gone') break;
      [editedAt, shown] = [performance.now(), whole];
    }
    await endJob(sql, job, holder);
  } catch (error) {
    if (kept.isLost()) return;
    if (kept.isStopped()) await platform.edit(job, message, `${said}\n\n(stopped)`.trim());
    else {
      await platform.edit(
        job,
        message,
        error instanceof NoAnswer ? error.message : 'The model did not answer.',
      );
      await endJob(sql, job, holder);
      if (!(error instanceof NoAnswer)) throw error;
    }
  } finally {
    kept.release();
  }
}

async function inputOf(
  { settings }: Answering,
  platform: Platform,
  { voice, said }: Job,
  signal: AbortSignal,
): Promise<string> {
  if (voice === null) return said;
  const heard = await transcribe(settings, await platform.recording(voice, signal), signal);
  return [heard, said].filter(Boolean).join('\n\n');
}

/** The whole answer, in as many messages as it takes. */
async function show(platform: Platform, job: Job, message: string, text: string): Promise<void> {
  const pieces = inPieces(text.trim() === '' ? '(no words)' : text, platform.textLimit);
  const [first = '', ...others] = pieces;
  await platform.edit(job, message, first);
  for (const piece of others) await platform.send(job, piece, message);
}

/** A text in pieces of at most `limit` characters, between words where there are some. */
export function inPieces(text: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const gap = rest.lastIndexOf(' ', limit);
    const end = gap > limit / 2 ? gap : wholeCharacters(rest, limit);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** No character of two units is cut. */
const wholeCharacters = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end;

interface Kept {
  /** Aborted when the answer is stopped, is somebody else's, or takes too long. */
  readonly signal: AbortSignal;
  isStopped(): boolean;
  isLost(): boolean;
  release(): void;
}

/** Renews the lease of a job three times within it, and hears when somebody stops it. */
function keep({ sql, news, settings, holder }: Answering, { id }: Job): Kept {
  const ending = new AbortController();
  let end: 'stopped' | 'lost' | undefined;
  const finish = (how: 'stopped' | 'lost') => {
    end ??= how;
    ending.abort(new Error(how));
  };
  // A renewed connection wakes everybody: what has happened is asked of the table.
  const look = () => {
    keepJob(sql, id, holder, settings.leaseMs).then(
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
    release: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
