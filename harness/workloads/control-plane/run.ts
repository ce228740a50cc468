import type { Client, Completion, Meaning, Operation, PartMeaning } from '../workload.ts';

/** What operations of one run share. */
export interface ControlRun {
  /** Name of the session that a key stands for. */
  sessionOf(key: string): string;
  /** Of this run alone. */
  readonly nonce: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a tenant who must see nothing of the sessions, and has sessions of the same names. */
  readonly strangerHeaders: Readonly<Record<string, string>>;
}

/** One kind of operation on sessions. */
export interface ControlOperation {
  readonly name: string;
  meaning(operation: Operation, run: ControlRun): Meaning | readonly PartMeaning[];
  perform(operation: Operation, client: Client, run: ControlRun): Promise<Completion>;
}

export const sessions = ['session1', 'session2'] as const;

/** A session is a sequence of messages, told by its messages and by its events alike, and their count. */
export const countOf = (key: string): string => `${key}.count`;
/** The session of the same name that the stranger has. */
export const strangersOf = (key: string): string => `${key}.stranger`;

/** What an operation says: only its tenant may see it. */
export const saidBy = ({ id }: Operation): string => `secret-${id}`;

/** The text of a message: what is said, and the mark by which the wire finds it. */
export const textOf = (operation: Operation): string => `${saidBy(operation)} ${operation.mark}`;

/** What a text says, without a mark. */
export const saidIn = (text: string): string => text.split(' ', 1)[0] ?? '';

export const pathOf = (route: string, { sessionOf }: ControlRun, { key }: Operation): string =>
  `${route}?session_id=${encodeURIComponent(sessionOf(key))}`;
