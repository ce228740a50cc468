import type { Sql } from '../kit/database.ts';
import { type Job, pollToo, stopBefore } from './inbox.ts';
import type { Platform } from './platform.ts';
import { countTurns, forgetTurns } from './turns.ts';

type Command = (sql: Sql, platform: Platform, job: Job) => Promise<string>;

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** What a bot does itself, by the first word of a message. */
const commands: Readonly<Record<string, Command>> = {
  '/stop': async (sql, _platform, job) => `Stopped ${plural(await stopBefore(sql, job), 'message')}.`,
  '/clear': async (sql, platform, job) => {
    await stopBefore(sql, job);
    const messages = await forgetTurns(sql, job);
    for (const message of messages) await platform.delete(job, message);
    return `Deleted ${plural(messages.length, 'answer')}.`;
  },
  '/stats': async (sql, _platform, job) => {
    const { said, answered } = await countTurns(sql, job);
    return `${plural(said, 'message')}, ${plural(answered, 'answer')}.`;
  },
  '/thread': async (sql, platform, job) => {
    const name = job.said.slice('/thread'.length).trim() || 'thread';
    const thread = await platform.beginThread(job, job.message, name);
    if (thread === undefined) return 'Threads are begun by people here.';
    await pollToo(sql, platform.name, thread);
    return `Began the thread ${name}.`;
  },
};

/** The word by which a message is a command; bots of groups are named behind it. */
const wordOf = (text: string): string => (/^\/\w+/.exec(text.trim())?.[0] ?? '').toLowerCase();

export const isCommand = (text: string): boolean => Object.hasOwn(commands, wordOf(text));

/** Does what a command wants; returns what to say about it. */
export function obey(sql: Sql, platform: Platform, job: Job): Promise<string> {
  const command = commands[wordOf(job.said)];
  if (!command) throw new Error('no command');
  return command(sql, platform, job);
}
