/** A bounded number of places; who finds none waits for its turn. */
export interface Slots {
  /** Runs `fn` in a place. @throws the signal's reason when it aborts during the wait */
  use<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T>;
}

/** Places of one worker, given to those who wait in the order in which they came. */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  const take = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(enter);
    });
  };

  // A place goes straight to the one who waits longest; it is free only when nobody waits.
  const give = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  return {
    use: async (signal, fn) => {
      await take(signal);
      try {
        return await fn();
      } finally {
        give();
      }
    },
  };
}
