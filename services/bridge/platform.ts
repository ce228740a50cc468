/** Where a message belongs: what is said in one of these is one conversation. */
export interface Place {
  readonly chat: string;
  /** Empty outside of threads. */
  readonly thread: string;
}

/** A message of a person. */
export interface Incoming extends Place {
  readonly message: string;
  readonly text: string;
  /** What the platform calls a recording that came with it. */
  readonly voice: string | undefined;
  readonly replyTo: string | undefined;
}

/** How far a platform was read, by channel; empty at first. */
export type Cursors = Readonly<Record<string, string>>;

/** A platform of chats as the bridge needs it. Each call waits for as long as the platform's limits want, and is bounded. */
export interface Platform {
  readonly name: string;
  /** Longest text of a message. */
  readonly textLimit: number;
  /** New messages of people behind the cursors, oldest first; may wait for some. */
  poll(
    cursors: Cursors,
    signal: AbortSignal,
  ): Promise<{ readonly messages: readonly Incoming[]; readonly cursors: Cursors }>;
  /** Returns the id of the message. */
  send(place: Place, text: string, replyTo?: string): Promise<string>;
  /** `gone` when somebody has deleted it. */
  edit(place: Place, message: string, text: string): Promise<'edited' | 'gone'>;
  /** A message that is not there any more is as good as deleted. */
  delete(place: Place, message: string): Promise<void>;
  /** Begins a thread at a message; returns its cursor's name, or undefined where people begin threads themselves. */
  beginThread(place: Place, message: string, name: string): Promise<string | undefined>;
  recording(voice: string, signal: AbortSignal): Promise<Buffer>;
}

/** Bound of a call, waiting for limits included. */
export const callWithinMs = 30_000;
