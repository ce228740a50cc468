import type { CallerOptions } from '../responses/caller.ts';
import { until } from '../until.ts';
import { type Followed, follow, type SeenEvent } from './followed.ts';

/** A client that comes again with the last id it has whenever its stream ends. */
export interface LastingFollower {
  /** All events, of all its streams one after the other. */
  readonly events: readonly SeenEvent[];
  /** How many streams it has had. */
  readonly streams: number;
  untilEvent(isMeant: (event: SeenEvent) => boolean, boundMs?: number): Promise<SeenEvent>;
  close(): Promise<void>;
}

/** Follows a session from its beginning, like a browser's `EventSource` does. */
export function followLastingly(session: string, options: CallerOptions = {}): LastingFollower {
  const events: SeenEvent[] = [];
  const parts: Followed[] = [];
  let over = false;
  const seen = () => [...events, ...(parts.at(-1)?.events ?? [])];
  const running = (async () => {
    while (!over) {
      const after = events.findLast(({ id }) => id !== undefined)?.id ?? '0';
      const part = await follow(session, { ...options, after }).catch(() => undefined);
      if (part?.status === 200) {
        parts.push(part);
        if (over) await part.close();
        await part.ended;
        events.push(...part.events);
        parts[parts.length - 1] = { ...part, events: [] };
      } else {
        await part?.close();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  })();
  return {
    get events() {
      return seen();
    },
    get streams() {
      return parts.length;
    },
    untilEvent: (isMeant, boundMs) => until('an event of the session', () => seen().find(isMeant), boundMs),
    close: async () => {
      over = true;
      await parts.at(-1)?.close();
      await running;
    },
  };
}
