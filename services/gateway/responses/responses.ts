import type { WakeUps } from '../../kit/wake-ups.ts';
import type { Item, ResponseEvent, ResponseObject } from './events/response-event.ts';
import type { ReadRequest } from './request/read-request.ts';
import type { BackgroundRuns } from './run/background.ts';
import type { ResponseCaller, ResponsesEngine } from './run/engine.ts';
import { prepareResponse } from './run/prepare.ts';
import { runResponse } from './run/run-response.ts';
import { warmUp } from './run/warm-up.ts';
import { cancelResponse } from './store/cancel-response.ts';
import { followEvents } from './store/event-log.ts';
import type { StoredRequest } from './store/response-row.ts';
import type { ResponseStore } from './store/response-store.ts';
import { noRecord, type Recorder, recordAtEnd, recordFromStart } from './store/run-records.ts';

/** Responses, whatever the transport: the routes are thin around it. */
export interface Responses {
  readonly store: ResponseStore;
  /** Runs a response; see {@link runResponse} for what comes and what is thrown. `stream: false` asks for it whole. */
  run(
    request: ReadRequest,
    caller: ResponseCaller,
    options?: RunChoices,
  ): AsyncGenerator<ResponseEvent, void>;
  /** Stores a response to be run by any worker. */
  enqueue(request: ReadRequest, caller: ResponseCaller): Promise<ResponseObject>;
  /** The events of a background response after a sequence number, live until the terminal one; the id is the tenant's. */
  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<ResponseEvent, void>;
  /** See {@link cancelResponse}. */
  cancel(tenant: string, id: string): Promise<ResponseObject | undefined>;
}

export interface RunChoices {
  readonly stream?: boolean;
  /** Is told all that the response is built on, once that is known. */
  readonly onItems?: (items: readonly Item[]) => void;
}

export function createResponses(
  engine: ResponsesEngine,
  background: BackgroundRuns,
  wakeUps: WakeUps,
): Responses {
  const { sql, store, cutOff } = engine;
  return {
    store,
    async *run(request, caller, { stream = true, onItems } = {}) {
      const prepared = await prepareResponse(engine, request, caller);
      onItems?.(prepared.items);
      const recorder = recorderFor(engine, request, prepared.stored, stream);
      if (request.isWarmUp) return yield* warmUp(engine, prepared, recorder);
      const waitMs = stream ? engine.streamCommitMs : engine.plane.requestTimeoutMs;
      yield* runResponse(engine, prepared, caller, { recorder, stream, waitMs });
    },
    enqueue: (request, caller) => background.enqueue(request, caller),
    follow: (id, after, signal) =>
      followEvents(sql, wakeUps, { id, after, signal: AbortSignal.any([signal, cutOff]) }),
    cancel: (tenant, id) => cancelResponse(sql, tenant, id),
  };
}

/** A turn of a conversation is there from its start, as the turn is held by it. */
function recorderFor(
  { sql, worker }: ResponsesEngine,
  { store, conversationId }: ReadRequest,
  stored: StoredRequest,
  stream: boolean,
): Recorder {
  if (!store) return noRecord;
  const fromStart = stream || conversationId !== undefined;
  return fromStart ? recordFromStart(sql, stored, worker) : recordAtEnd(sql, stored);
}
