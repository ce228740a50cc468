/** What primary and workers tell each other over the IPC channel, in the order in which it happens. */
export type ToPrimary =
  | { readonly type: 'initialised' }
  | { readonly type: 'listening'; readonly address: string }
  /** Starting again would not help: `message` goes to stderr and the service exits with 1. */
  | { readonly type: 'fatal'; readonly message: string };

export type ToWorker =
  | { readonly type: 'listen' }
  /** How many workers listen now; answers `/ready`. */
  | { readonly type: 'cohort'; readonly listening: number }
  | { readonly type: 'drain' };

/** Environment variable by which the primary tells a worker its index. */
export const workerIndexVariable = 'GAUNTLET_WORKER_INDEX';
