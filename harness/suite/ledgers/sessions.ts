import { randomUUID } from 'node:crypto';
import { contentsOf, idsOf, range } from '../control-plane/followed.ts';
import { followLastingly, type LastingFollower } from '../control-plane/lasting-follower.ts';
import { askControl, messagesOf, newSession, post, sessionPath } from '../control-plane/sessions.ts';
import { doubled, type Ledger, newNotes, shown, untilDone, untilRead } from './ledger.ts';

/** A session that one client writes to, with what it was told. */
interface Written {
  readonly session: string;
  /** Ids of the messages by what they say. */
  readonly messages: Map<string, string>;
  readonly follower: LastingFollower;
}

/** So many messages have all their events in the log of a session, whose length is bounded. */
const messagesOfSession = 200;

/** Messages of sessions, each with a key, so that an attempt whose answer was lost can be made again; and followers of them. */
export function sessionsLedger(): Ledger {
  const notes = newNotes();
  const all: Written[] = [];
  const current = new Map<number, Written>();
  let count = 0;

  const sessionFor = (client: number): Written => {
    const known = current.get(client);
    if (known && known.messages.size < messagesOfSession) return known;
    const session = newSession();
    const made = { session, messages: new Map<string, string>(), follower: followLastingly(session) };
    all.push(made);
    current.set(client, made);
    return made;
  };

  return {
    name: 'messages of sessions',
    ...notes,
    async write(client) {
      const { session, messages } = sessionFor(client);
      count += 1;
      const message = `m${count}`;
      const idempotencyKey = randomUUID();
      const id = await untilDone(notes, `the message ${message}`, async () => {
        const { status, body, text } = await post({ session_id: session, message }, { idempotencyKey });
        return status === 202 ? { done: body.message_id as string } : { status, said: shown(text) };
      });
      messages.set(message, id);
      const known = messages.size;
      const counted = await untilRead(notes, `the status of ${session}`, async () => {
        const { status, body, text } = await askControl('GET', sessionPath('/status', session));
        if (status === 404) return { done: 0 };
        return status === 200 ? { done: body.message_count as number } : { status, said: shown(text) };
      });
      if (counted < known) notes.wrong.push(`${session} has ${counted} messages after ${known} were taken`);
    },
    async account() {
      const findings = [...notes.wrong];
      for (const { session, messages, follower } of all) {
        const listed = await messagesOf(session);
        const contents = listed.map(({ content }) => content);
        const ids = new Map(listed.map(({ content, message_id }) => [content, message_id]));
        for (const [content, id] of messages) {
          if (ids.get(content) !== id) findings.push(`${content} of ${session} is lost`);
        }
        for (const content of doubled(contents)) findings.push(`${content} of ${session} is there twice`);
        for (const content of contents) {
          if (!messages.has(content))
            findings.push(`${content} of ${session} was not acknowledged, and is there`);
        }
        await follower
          .untilEvent(({ event, data }) => event === 'status' && data.message_count === listed.length, 30_000)
          .catch(() => findings.push(`events of ${session} do not come to their end`));
        await follower.close();
        const { events } = follower;
        if (`${idsOf(events)}` !== `${range(1, events.length)}`)
          findings.push(`events of ${session} have the ids ${idsOf(events)}`);
        if (`${contentsOf(events)}` !== `${contents}`)
          findings.push(`events of ${session} tell of ${contentsOf(events)}, not of ${contents}`);
      }
      return findings;
    },
  };
}
