import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../../kit/database.ts';
import type { FileStore } from '../../files/file-store.ts';
import type { ModelPlane } from '../../model/model-call.ts';
import type { Targets } from '../../model/target.ts';
import type { Item } from '../events/response-event.ts';
import type { ResponseStore } from '../store/response-store.ts';
import type { ToolServices } from '../tools/toolbox.ts';

/** What all responses of one worker share. */
export interface ResponsesEngine {
  readonly sql: Sql;
  readonly store: ResponseStore;
  readonly files: Pick<FileStore, 'content'>;
  readonly plane: ModelPlane;
  readonly targets: Targets;
  readonly tools: ToolServices;
  /** Id under which this worker holds what it runs. */
  readonly worker: string;
  /** Ids of the responses that this worker runs now. */
  readonly running: Set<string>;
  /** How long a stream waits for the upstream to accept before it commits to its first event. */
  readonly streamCommitMs: number;
  /** Aborts shortly before a drain ends, with the error to end with. */
  readonly cutOff: AbortSignal;
}

/** Who asks for a response; it knows nothing of how the request came in. */
export interface ResponseCaller {
  readonly tenant: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly log: FastifyBaseLogger;
  /** Aborts when nobody waits for the response any more: it then ends as `cancelled`. */
  readonly signal: AbortSignal;
  /** What went before, where the caller keeps it and not the store (a socket's turns with `store: false`). */
  readonly past?: readonly Item[];
}
