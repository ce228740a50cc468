import { createHash, randomBytes } from 'node:crypto';

export interface Memory {
  readonly id: string;
  readonly caption: string;
  readonly full_text: string;
  readonly created_at: string;
}

export interface Message {
  readonly role: string;
  readonly content: string;
}

/** So many of a user are kept; the oldest go. */
const cap = Number(process.env.MEMORY_MAX_MEMORIES_PER_USER || 100);

/** Memories as they are first kept. */
export const newMemories = (texts: readonly string[]): Memory[] =>
  texts.map((text) => ({
    id: `mem_${randomBytes(8).toString('hex')}`,
    caption: text.slice(0, 100),
    full_text: text.slice(0, 500),
    created_at: new Date().toISOString(),
  }));

/** Memories of all users, for the primary: what a database would hold. */
export function memoryTable() {
  const memories = new Map<string, Memory[]>();
  const versions = new Map<string, number>();
  const processed = new Set<string>();
  const of = (user: string) => memories.get(user) ?? [];
  const version = (user: string) => versions.get(user) ?? 0;
  const put = (user: string, all: Memory[]) => {
    memories.set(user, all);
    versions.set(user, version(user) + 1);
  };
  const add = (user: string, texts: readonly string[]) => {
    const added = newMemories(texts);
    put(user, [...added.toReversed(), ...of(user)].slice(0, cap));
    return added;
  };
  /** Whether this conversation is new; from now on it is not. */
  const claim = (hash: string) => {
    if (processed.has(hash)) return false;
    processed.add(hash);
    return true;
  };
  return {
    list: of,
    /** Moves with every change of what a user has. */
    version,
    add,
    /** Replaces all that a user has. */
    save: put,
    isProcessed: (hash: string) => processed.has(hash),
    markProcessed: (hash: string) => void processed.add(hash),
    /** Looks, adds and marks in one go: the way that cannot go wrong. */
    extractOnce: (user: string, hash: string, texts: readonly string[]) =>
      claim(hash) ? add(user, texts) : [],
    claim,
    update: (user: string, id: string, changes: Partial<Memory>) => {
      const found = of(user).find((each) => each.id === id);
      if (!found) return undefined;
      const changed = { ...found, ...changes };
      put(
        user,
        of(user).map((each) => (each.id === id ? changed : each)),
      );
      return changed;
    },
    remove: (user: string, id: string) => {
      const rest = of(user).filter((each) => each.id !== id);
      const found = rest.length < of(user).length;
      put(user, rest);
      return found;
    },
    clear: (user: string) => put(user, []),
  };
}

/** What is worth keeping of a conversation, and the key under which it is kept once. */
export function factsOf(user: string, conversation: readonly Message[]) {
  const hash = createHash('sha256')
    .update(JSON.stringify([user, conversation]))
    .digest('hex');
  const facts = conversation.filter(({ role }) => role === 'user').map(({ content }) => content);
  return { hash, facts };
}

/** Memories that share a longer word with the prompt. */
export function relevantTo(prompt: string, memories: readonly Memory[]): readonly Memory[] {
  const words = (text: string) => new Set(text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
  const wanted = words(prompt);
  return memories.filter(({ caption }) => [...words(caption)].some((word) => wanted.has(word)));
}
