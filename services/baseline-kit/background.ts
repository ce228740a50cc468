/** Work that goes on after its request was answered. */
export interface Background {
  start(work: Promise<void>): void;
  /** Resolves when all of it is done. */
  drained(): Promise<void>;
}

/** Work of one worker; a failure in it is dropped, its owner has logged it. */
export function createBackground(): Background {
  const running = new Set<Promise<void>>();
  return {
    start: (work) => {
      const done = work.catch(() => undefined).finally(() => running.delete(done));
      running.add(done);
    },
    drained: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
