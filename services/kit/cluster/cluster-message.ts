/** What primary and workers tell each other over the IPC channel, in the order in which it happens. */
export type ToPrimary =
  | { readonly type: 'initialised' }
  | { readonly type: 'listening'; readonly address: string }
  /** Starting again would not help: `message` goes to stderr and the service exits with 1. */
  | { readonly type: 'fatal'; readonly message: string }
  /** Asks for what all workers say of a topic; answered by `gathered` within `timeoutMs`. */
  | { readonly type: 'gather'; readonly id: number; readonly topic: string; readonly timeoutMs: number }
  /** This worker's answer to `asked`, or, without an id, what the primary shall answer in its place later. */
  | { readonly type: 'told'; readonly id?: number; readonly topic: string; readonly value: unknown };

export type ToWorker =
  | { readonly type: 'listen' }
  /** How many workers listen now; answers `/ready`. */
  | { readonly type: 'cohort'; readonly listening: number }
  | { readonly type: 'drain' }
  | { readonly type: 'asked'; readonly id: number; readonly topic: string }
  | { readonly type: 'gathered'; readonly id: number; readonly values: readonly unknown[] };

/** Environment variable by which the primary tells a worker its index. */
export const workerIndexVariable = 'GAUNTLET_WORKER_INDEX';
