import { extract, memoriesOf, newUser } from '../memory.ts';
import { type Ledger, newNotes, shown, untilDone } from './ledger.ts';

const sentence = 'My favorite color is indigo.';

/** Memories of users, one each: requests of one user are limited. */
export function memoriesLedger(): Ledger {
  const notes = newNotes();
  const users = new Map<string, string | undefined>();

  return {
    name: 'memories',
    ...notes,
    async write() {
      const user = newUser();
      // An attempt whose answer was lost may have been done; the next one then saves nothing more.
      const id = await untilDone(notes, 'a memory', async () => {
        const { status, data } = await extract(user, sentence);
        return status === 200
          ? { done: data.memories_saved?.[0]?.id as string | undefined }
          : { status, said: shown(data) };
      });
      users.set(user, id);
    },
    async account() {
      const findings = [...notes.wrong];
      for (const [user, id] of users) {
        const memories = await memoriesOf(user);
        if (memories.length !== 1 || (id !== undefined && memories[0]?.id !== id))
          findings.push(`${user} has ${memories.length} memories, of ${id}: ${shown(memories)}`);
      }
      return findings;
    },
  };
}
