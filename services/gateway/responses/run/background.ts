import type { FastifyBaseLogger } from 'fastify';
import { openaiError } from '../../../kit/openai-error.ts';
import type { WakeUps } from '../../../kit/wake-ups.ts';
import { targetOf } from '../../model/target.ts';
import type { ChatMessage } from '../chat/chat-messages.ts';
import { type Item, isTerminal, type ResponseEvent, type ResponseObject } from '../events/response-event.ts';
import type { ReadRequest } from '../request/read-request.ts';
import { EventAppender } from '../store/event-appender.ts';
import { appendEvents, isRunner } from '../store/event-log.ts';
import { failOrphan, letGo, type Orphan, restartable, takeOrphans } from '../store/orphans.ts';
import { insertResponse } from '../store/response-row.ts';
import { previousGone, type Recorder, recordInBackground } from '../store/run-records.ts';
import { whileUnavailable } from '../store/while-unavailable.ts';
import { openToolbox } from '../tools/toolbox.ts';
import { abandon } from './abandon.ts';
import type { ResponseCaller, ResponsesEngine } from './engine.ts';
import { type PreparedResponse, prepareResponse } from './prepare.ts';
import { runResponse } from './run-response.ts';

/** Runs of one worker at a time; what is more waits for any worker that has room. */
const maxRuns = 32;
/** Responses that wait or run in the background, of all tenants. */
const maxWaiting = 2_000;
const maxTakeOvers = 3;
/** A run waits this long for a database that is gone, before it gives the response up. */
const unavailableMs = 20_000;

/** What a background response is queued with: enough for any worker to run it. */
interface Asked {
  readonly request: ReadRequest;
  readonly messages: readonly ChatMessage[];
  readonly toolLists: readonly Item[];
  readonly requestId: string;
  readonly correlationId: string;
}

export interface BackgroundRuns {
  enqueue(request: ReadRequest, caller: ResponseCaller): Promise<ResponseObject>;
  /** Takes up what dead workers left and what waits for room. */
  takeUp(): Promise<void>;
  /** Resolves when no run of this worker is left. */
  settled(): Promise<void>;
}

export function createBackgroundRuns(
  engine: ResponsesEngine,
  wakeUps: WakeUps,
  log: FastifyBaseLogger,
  draining: AbortSignal,
): BackgroundRuns {
  const { sql, worker } = engine;
  const running = new Set<Promise<void>>();

  const start = (
    prepared: PreparedResponse,
    ids: Pick<Asked, 'requestId' | 'correlationId'>,
    logged: number,
  ) => {
    const run = drive(engine, wakeUps, prepared, { ...ids, log, logged }).catch((err) =>
      log.error({ err, response: prepared.base.id }, 'background response broke off'),
    );
    running.add(run);
    void run.finally(() => running.delete(run));
  };

  const resume = async (orphan: Orphan) => {
    const asked = orphan.asked as Asked | null;
    const logged = asked && orphan.attempts <= maxTakeOvers && (await restartable(sql, orphan.id, worker));
    if (!asked || typeof logged !== 'number') return failOrphan(sql, orphan, worker);
    const target = targetOf(engine.targets, asked.request.fields.model);
    const { stored, body: base } = orphan;
    const { request, messages, toolLists } = asked;
    const toolbox = await openToolbox(engine.tools, request.fields, stored.tenant);
    start({ request, target, base, stored, messages, toolbox, toolLists }, asked, logged);
  };

  return {
    async enqueue(request, caller) {
      const [{ waiting } = { waiting: 0 }] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from responses where status in ('queued', 'in_progress') and background`;
      if (waiting >= maxWaiting) throw tooMany();
      const prepared = await prepareResponse(engine, request, caller);
      const { requestId, correlationId } = caller;
      const { messages, toolLists } = prepared;
      const asked: Asked = { request, messages, toolLists, requestId, correlationId };
      const hasRoom = running.size < maxRuns && !draining.aborted;
      try {
        const runner = hasRoom ? worker : null;
        engine.running.add(prepared.base.id);
        if (!(await insertResponse(sql, prepared.stored, prepared.base, runner, asked))) {
          throw previousGone(prepared.stored);
        }
      } catch (cause) {
        await abandon(engine, prepared);
        throw cause;
      } finally {
        engine.running.delete(prepared.base.id);
      }
      if (hasRoom) start(prepared, asked, -1);
      return prepared.base;
    },

    async takeUp() {
      if (draining.aborted) return;
      await letGo(sql, worker, engine.running);
      const limit = Math.max(1, Math.min(16, maxRuns - running.size));
      for (const orphan of await takeOrphans(sql, worker, limit)) {
        log.info({ response: orphan.id, attempts: orphan.attempts }, 'response taken up');
        await resume(orphan).catch(async (err) => {
          log.error({ err, response: orphan.id }, 'response not taken up');
          await failOrphan(sql, orphan, worker);
        });
      }
    },

    settled: async () => {
      await Promise.all(running);
    },
  };
}

/** Runs a response and keeps its events; those up to the number `logged` are kept already. */
async function drive(
  engine: ResponsesEngine,
  wakeUps: WakeUps,
  prepared: PreparedResponse,
  ids: Pick<Asked, 'requestId' | 'correlationId'> & {
    readonly log: FastifyBaseLogger;
    readonly logged: number;
  },
): Promise<void> {
  const { sql, worker, cutOff } = engine;
  const { id } = prepared.base;
  const cancelled = new AbortController();
  // News may also mean that the listening connection was renewed.
  const stopListening = wakeUps.subscribe(`cancel:${id}`, () => {
    isRunner(sql, id, worker).then(
      (ours) => ours || cancelled.abort(),
      () => undefined,
    );
  });
  const log = new EventAppender<ResponseEvent>(
    (events) => whileUnavailable(unavailableMs, () => appendEvents(sql, id, worker, events)),
    () => cancelled.abort(),
  );
  const inner = recordInBackground(sql, prepared.stored, worker);
  const recorder: Recorder = {
    begin: inner.begin,
    async end(response, terminal) {
      await log.flushed();
      if (log.isLost) return false;
      // A worker that shuts down leaves the response to the next one.
      const isLeft = cutOff.aborted && response.status !== 'completed' && response.status !== 'incomplete';
      if (!isLeft) return inner.end(response, terminal);
      await sql`update responses set runner = null where id = ${id} and runner = ${worker}`;
      return false;
    },
  };
  const { tenant } = prepared.stored;
  const caller = { ...ids, tenant, signal: cancelled.signal };
  try {
    const events = runResponse(engine, prepared, caller, { recorder, stream: true, waitMs: 0 });
    for await (const event of events) {
      if (event.sequence_number > ids.logged && !isTerminal(event)) await log.push(event);
    }
  } finally {
    stopListening();
  }
}

const tooMany = () =>
  openaiError(429, 'Too many background responses are waiting.', 'rate_limit_error', 'rate_limit_exceeded');
