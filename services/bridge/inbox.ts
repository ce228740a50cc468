import type { Sql, TransactionSql } from '../kit/database.ts';
import { isCommand } from './commands.ts';
import type { Cursors, Incoming, Place } from './platform.ts';

/** Channel of news: `inbox` when there is work, `stop:ID` when a message shall be answered no longer. */
export const newsChannel = 'bridge_news';

/** A message that could not be answered so often, as in a chat that the bot was thrown out of, is left alone. */
const mostAttempts = 5;

/** A message that a worker has taken to answer. */
export interface Job extends Place {
  readonly id: string;
  readonly platform: string;
  readonly message: string;
  readonly replyTo: string | null;
  readonly said: string;
  readonly voice: string | null;
  readonly isCommand: boolean;
  /** Of a worker that had it before. */
  readonly answerMessage: string | null;
}

/** Takes over the polling of a platform, or keeps it; undefined while another worker has it. */
export async function holdPoller(
  sql: Sql,
  platform: string,
  holder: string,
  leaseMs: number,
): Promise<Cursors | undefined> {
  const [row] = await sql<{ cursors: Cursors }[]>`
    insert into pollers as p (platform, holder, lease_until)
    values (${platform}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseMs / 1_000}))
    on conflict (platform) do update set holder = excluded.holder, lease_until = excluded.lease_until
      where p.holder = excluded.holder or p.lease_until < clock_timestamp()
    returning cursors`;
  return row?.cursors;
}

export async function leavePollers(sql: Sql, holder: string): Promise<void> {
  await sql`update pollers set holder = null, lease_until = '-infinity' where holder = ${holder}`;
}

/**
 * Stores what was polled and how far, as one: a message is read again after a crash, and stored once. False when another
 * worker polls by now, whose cursors count.
 */
export function keepPolled(
  sql: Sql,
  platform: string,
  holder: string,
  { messages, cursors }: { readonly messages: readonly Incoming[]; readonly cursors: Cursors },
): Promise<boolean> {
  return sql.begin(async (tx) => {
    // Threads that began meanwhile have cursors that the poll did not know.
    const moved = await tx`
      update pollers set cursors = cursors || ${tx.json(cursors)}
      where platform = ${platform} and holder = ${holder} returning 1`;
    if (moved.length === 0) return false;
    for (const { chat, thread, message, text, voice, replyTo } of messages) {
      await tx`
        insert into inbox (platform, chat, thread, message, reply_to, said, voice, is_command)
        values (${platform}, ${chat}, ${thread}, ${message}, ${replyTo ?? null}, ${text}, ${voice ?? null},
          ${isCommand(text)})
        on conflict (platform, chat, message) do nothing`;
    }
    if (messages.length > 0) await tell(tx, 'inbox');
    return true;
  });
}

/** A channel that is polled from now on. */
export async function pollToo(sql: Sql, platform: string, channel: string): Promise<void> {
  await sql`update pollers set cursors = ${sql.json({ [channel]: '0' })} || cursors where platform = ${platform}`;
}

/**
 * Takes the oldest message that may be answered: those of one conversation one after the other, commands at once. What a
 * worker took that has not been heard of since is taken again.
 */
export async function takeJob(sql: Sql, holder: string, leaseMs: number): Promise<Job | undefined> {
  const [job] = await sql<Job[]>`
    update inbox set state = 'working', holder = ${holder}, attempts = attempts + 1,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
    where id = (
      select i.id from inbox i
      where (i.state = 'waiting'
          or (i.state = 'working' and i.lease_until < clock_timestamp() and i.attempts < ${mostAttempts}))
        and (i.is_command or not exists (
          select 1 from inbox o
          where o.platform = i.platform and o.chat = i.chat and o.thread = i.thread and o.id < i.id
            and (o.state = 'waiting' or (o.state = 'working'
              and (o.attempts < ${mostAttempts} or o.lease_until > clock_timestamp())))))
      order by i.is_command desc, i.id limit 1 for update skip locked)
    returning id, platform, chat, thread, message, reply_to as "replyTo", said, voice,
      is_command as "isCommand", answer_message as "answerMessage"`;
  return job;
}

/** Keeps a job; `stopped` when a command ended it, `lost` when another worker took it. */
export async function keepJob(
  sql: Sql,
  id: string,
  holder: string,
  leaseMs: number,
): Promise<'kept' | 'stopped' | 'lost'> {
  const kept = await sql`
    update inbox set lease_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
    where id = ${id} and holder = ${holder} and state = 'working' returning 1`;
  if (kept.length > 0) return 'kept';
  const [job] = await sql<
    { state: string }[]
  >`select state from inbox where id = ${id} and holder = ${holder}`;
  return job?.state === 'stopped' ? 'stopped' : 'lost';
}

/** Notes the message that an answer is in; false when another worker has taken the job. */
export async function noteAnswer(sql: Sql, id: string, holder: string, message: string): Promise<boolean> {
  const noted = await sql`
    update inbox set answer_message = ${message} where id = ${id} and holder = ${holder} returning 1`;
  return noted.length > 0;
}

/** Ends a job, with the turn that others go on from, as one. */
export async function endJob(
  sql: Sql,
  job: Job,
  holder: string,
  turn?: { readonly message: string; readonly responseId: string },
): Promise<void> {
  await sql.begin(async (tx) => {
    const ended = await tx`
      update inbox set state = 'done' where id = ${job.id} and holder = ${holder} and state = 'working' returning 1`;
    if (ended.length > 0 && turn)
      await tx`
        insert into turns (platform, chat, thread, bot_message, response_id)
        values (${job.platform}, ${job.chat}, ${job.thread}, ${turn.message}, ${turn.responseId})
        on conflict (platform, chat, bot_message) do update set response_id = excluded.response_id`;
    await tell(tx, 'inbox');
  });
}

/** Stops what is answered or waits in the conversation of a command; returns how many messages that were. */
export function stopBefore(sql: Sql, { id, platform, chat, thread }: Job): Promise<number> {
  return sql.begin(async (tx) => {
    const stopped = await tx<{ id: string }[]>`
      update inbox set state = 'stopped'
      where platform = ${platform} and chat = ${chat} and thread = ${thread} and id < ${id}
        and not is_command and state in ('waiting', 'working') returning id`;
    for (const each of stopped) await tell(tx, `stop:${each.id}`);
    return stopped.length;
  });
}

const tell = (tx: TransactionSql, news: string) => tx`select pg_notify(${newsChannel}, ${news})`;
