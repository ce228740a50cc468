import type { Sql } from '../kit/database.ts';
import type { Job } from './inbox.ts';

/**
 * The response that a message goes on from: that of the answer which it replies to, so that a reply begins a branch, else
 * the latest of its conversation.
 */
export async function previousResponse(
  sql: Sql,
  { platform, chat, thread, replyTo }: Job,
): Promise<string | undefined> {
  const [turn] = await sql<{ responseId: string }[]>`
    select response_id as "responseId" from turns
    where platform = ${platform} and chat = ${chat}
      and (bot_message = ${replyTo} or (thread = ${thread} and not exists (
        select 1 from turns where platform = ${platform} and chat = ${chat} and bot_message = ${replyTo})))
    order by id desc limit 1`;
  return turn?.responseId;
}

/** Forgets a conversation; returns the messages of its answers. */
export async function forgetTurns(sql: Sql, { platform, chat, thread, id }: Job): Promise<readonly string[]> {
  return sql.begin(async (tx) => {
    const turns = await tx<{ message: string }[]>`
      delete from turns where platform = ${platform} and chat = ${chat} and thread = ${thread}
      returning bot_message as message`;
    const others = await tx<{ message: string }[]>`
      select answer_message as message from inbox
      where platform = ${platform} and chat = ${chat} and thread = ${thread} and id < ${id}
        and answer_message is not null`;
    return [...new Set([...turns, ...others].map(({ message }) => message))];
  });
}

/** How many messages of people and answers a conversation has. */
export async function countTurns(
  sql: Sql,
  { platform, chat, thread }: Job,
): Promise<{ readonly said: number; readonly answered: number }> {
  const [counts] = await sql<{ said: number; answered: number }[]>`
    select
      (select count(*)::int from inbox where platform = ${platform} and chat = ${chat} and thread = ${thread}
        and not is_command) as said,
      (select count(*)::int from turns where platform = ${platform} and chat = ${chat} and thread = ${thread})
        as answered`;
  return counts ?? { said: 0, answered: 0 };
}
