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
  isOver: boolean;
}

/** So many messages have all their events in the log of a session, whose length is bounded. */
const messagesOfSession = 200;
const followWithinMs = 30_000;

/** Messages of sessions, each with a key, so that an attempt whose answer was lost can be made again; and followers of them. */
export function sessionsLedger(): Ledger {
  const notes = newNotes();
  const all: Written[] = [];
  const current = new Map<number, Written>();
  let count = 0;

  /** Has the follower see all that there is, and go. */
  const end = async (written: Written, messageCount: number): Promise<void> => {
    if (written.isOver) return;
    written.isOver = true;
    await written.follower
      .untilEvent(
        ({ event, data }) => event === 'status' && data.message_count === messageCount,
        followWithinMs,
      )
      .catch(() => notes.wrong.push(`events of ${written.session} do not come to their end`));
    await written.follower.close();
  };

  const sessionFor = async (client: number): Promise<Written> => {
    const known = current.get(client);
    if (known && known.messages.size < messagesOfSession) return known;
    if (known) await end(known, known.messages.size);
    const session = newSession();
    const made = { session, messages: new Map(), follower: followLastingly(session), isOver: false };
    all.push(made);
    current.set(client, made);
    return made;
  };

  return {
    name: 'messages of sessions',
    ...notes,
    async write(client) {
      const { session, messages } = await sessionFor(client);
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
      const findings: string[] = [];
      for (const written of all) {
        const { session, messages, follower } = written;
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
        await end(written, listed.length);
        const { events } = follower;
        if (`${idsOf(events)}` !== `${range(1, events.length)}`)
          findings.push(`events of ${session} have the ids ${idsOf(events)}`);
        if (`${contentsOf(events)}` !== `${contents}`)
          findings.push(`events of ${session} tell of ${contentsOf(events)}, not of ${contents}`);
      }
      return [...notes.wrong, ...findings];
    },
  };
}
