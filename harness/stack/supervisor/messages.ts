import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A process the supervisor starts, in a process group of its own, its output appended to a file. */
export interface ProcessOrder {
  readonly service: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
}

/** What a client asks of the supervisor, one JSON object a line. */
export type Request =
  | { readonly id: number; readonly do: 'own' }
  | { readonly id: number; readonly do: 'release' }
  | { readonly id: number; readonly do: 'start'; readonly order: ProcessOrder }
  /** With another number of workers from now on, or again with the planned one. */
  | {
      readonly id: number;
      readonly do: 'restart';
      readonly service: string;
      readonly workers?: number | 'planned';
    }
  /** It stays dead until `restart`, or until the supervisor starts it again after so long. */
  | { readonly id: number; readonly do: 'kill'; readonly service: string; readonly reviveAfterMs: number }
  /** Engine commands that undo a fault, run after so long unless `undo-now` comes before. */
  | {
      readonly id: number;
      readonly do: 'undo-later';
      readonly name: string;
      readonly commands: readonly (readonly string[])[];
      readonly afterMs: number;
    }
  | { readonly id: number; readonly do: 'undo-now'; readonly name: string }
  | { readonly id: number; readonly do: 'down' };

/** What it answers and reports. */
export type Message =
  | { readonly id: number; readonly ok: true; readonly pid?: number }
  | { readonly id: number; readonly ok: false; readonly error: string }
  | {
      readonly event: 'exit';
      readonly service: string;
      readonly code: number | null;
      readonly signal: string | null;
    };

export function send(to: Writable, message: Request | Message): void {
  if (to.writable) to.write(`${JSON.stringify(message)}\n`);
}

export function receive<T extends Request | Message>(from: Readable, handle: (message: T) => void): void {
  createInterface({ input: from }).on('line', (line) => handle(JSON.parse(line) as T));
}
