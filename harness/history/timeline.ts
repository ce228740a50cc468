import type { CompletionEvent, History, InvokeEvent } from './events.ts';

/** An operation with both its ends. Positions are places in the list of events, so they order what happened. */
export interface Operation {
  readonly invoke: InvokeEvent;
  /** Absent while the history ended before the operation did. */
  completion: CompletionEvent | undefined;
  outcome: CompletionEvent['type'];
  readonly start: number;
  /** Where the client stopped waiting, whatever the outcome; infinite while the history ended before. */
  answered: number;
  /** Where its effect was certain; infinite when that never was (unknown). */
  end: number;
  /** Numbers the keys of the history from 0, so that state per key can live in a list. */
  readonly key: number;
  /** The requests that are this one effect together, where one was repeated with its idempotency key. */
  readonly attempts?: readonly Operation[];
}

export interface Timeline {
  /** In the order in which they began. */
  readonly operations: readonly Operation[];
  /** The operation of each event; undefined for faults. */
  readonly at: readonly (Operation | undefined)[];
  /** Operations by key number. */
  readonly keys: readonly (readonly Operation[])[];
}

const timelines = new WeakMap<History, Timeline>();

/** Pairs the events of a history; asked again for the same history, it gives the same answer at once. */
export function timelineOf(history: History): Timeline {
  const known = timelines.get(history);
  if (known) return known;
  const made = pair(history);
  timelines.set(history, made);
  return made;
}

function pair({ events }: History): Timeline {
  const operations: Operation[] = [];
  const at: (Operation | undefined)[] = new Array(events.length);
  const keys: Operation[][] = [];
  const keyNumbers = new Map<string, number>();
  const open = new Map<string, Operation>();
  for (let position = 0; position < events.length; position += 1) {
    const event = events[position];
    if (!event || event.type === 'fault') continue;
    if (event.type === 'invoke') {
      let key = keyNumbers.get(event.key);
      if (key === undefined) {
        key = keyNumbers.size;
        keyNumbers.set(event.key, key);
        keys.push([]);
      }
      const operation: Operation = {
        invoke: event,
        completion: undefined,
        outcome: 'unknown',
        start: position,
        answered: Number.POSITIVE_INFINITY,
        end: Number.POSITIVE_INFINITY,
        key,
      };
      open.set(event.op, operation);
      operations.push(operation);
      keys[key]?.push(operation);
      at[position] = operation;
      continue;
    }
    const operation = open.get(event.op);
    if (!operation) continue;
    open.delete(event.op);
    operation.completion = event;
    operation.outcome = event.type;
    operation.answered = position;
    if (event.type !== 'unknown') operation.end = position;
    at[position] = operation;
  }
  return { operations, at, keys };
}
