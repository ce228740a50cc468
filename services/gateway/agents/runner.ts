import type { FastifyBaseLogger } from 'fastify';
import { databaseAnswer } from '../../kit/database-answer.ts';
import { openaiError, toOpenaiError } from '../../kit/openai-error.ts';
import type { WakeUps } from '../../kit/wake-ups.ts';
import { streamChat } from '../model/chat-upstream.ts';
import type { ModelCall, ModelPlane } from '../model/model-call.ts';
import { type Targets, targetOf } from '../model/target.ts';
import { EventAppender } from '../responses/store/event-appender.ts';
import { whileUnavailable } from '../responses/store/while-unavailable.ts';
import type { AgentRun, RunStatus } from './agent-run.ts';
import type { AgentSettings } from './agent-settings.ts';
import { messagesOf } from './run-store.ts';
import { type AttemptEnding, isOwned, type Piece, type Stored, writeEnd, writeOutput } from './run-writes.ts';

/** A run waits this long for a database that is gone, before it gives up. */
const unavailableMs = 20_000;

export interface RunnerContext extends Stored {
  readonly plane: ModelPlane;
  readonly targets: Targets;
  readonly settings: AgentSettings;
  /** News of runs that were stopped. */
  readonly stops: WakeUps;
  /** Aborts shortly before a drain ends. */
  readonly cutOff: AbortSignal;
}

/** Of the request that began an attempt; they go upstream and into the log. */
export interface RequestIds {
  readonly requestId: string;
  readonly correlationId: string;
  readonly log: FastifyBaseLogger;
}

/**
 * Runs an attempt to its end and keeps what the agent says as it comes. It ends as `completed`, `failed`, or, when this
 * worker shuts down, `interrupted`; once the run is not its own any more it hangs up and leaves everything as it is.
 */
export async function runAttempt(context: RunnerContext, run: AgentRun, ids: RequestIds): Promise<void> {
  const { sql, stops, cutOff, settings } = context;
  const lost = new AbortController();
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(runTimeout(settings.timeoutMs)), settings.timeoutMs);
  const check = () => {
    isOwned(sql, run).then(
      (ours) => ours || lost.abort(),
      () => undefined,
    );
  };
  // News may also mean that the listening connection was renewed; a stop may have come before this.
  const stopListening = stops.subscribe(run.id, check);
  check();
  let sequence = 0;
  const output = new EventAppender<Piece>(
    (pieces) => {
      const batch = { sequence: sequence++, pieces };
      return surely(() => writeOutput(context, run, batch));
    },
    () => lost.abort(),
  );
  const end = (status: RunStatus, ending?: AttemptEnding) =>
    surely(() => writeEnd(context, run, status, ending));
  const signal = AbortSignal.any([lost.signal, cutOff, overdue.signal]);
  try {
    const { answer, finishReason } = await listen(context, run, ids, signal, output);
    await output.flushed();
    if (!output.isLost) await end('completed', { answer, finishReason });
  } catch (cause) {
    await output.flushed();
    if (output.isLost || lost.signal.aborted) return;
    if (cutOff.aborted) return void (await end('interrupted'));
    const { body, statusCode } = toOpenaiError(overdue.signal.aborted ? overdue.signal.reason : cause);
    ids.log.warn({ run: run.id, status: statusCode, code: body.error.code }, 'agent run failed');
    const error = { code: body.error.code ?? 'server_error', message: body.error.message };
    await end('failed', { error });
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

interface Said {
  readonly answer: string;
  readonly finishReason: string | undefined;
}

/** Asks the agent and passes on what it says, at the pace at which it can be kept. */
async function listen(
  { sql, plane, targets, settings }: RunnerContext,
  { id, agent }: AgentRun,
  { requestId, correlationId, log }: RequestIds,
  signal: AbortSignal,
  output: EventAppender<Piece>,
): Promise<Said> {
  const said = await surely(() => messagesOf(sql, id));
  signal.throwIfAborted();
  const messages = said.map(({ role, content }) => ({
    role: role === 'agent' ? ('assistant' as const) : role,
    content,
  }));
  const request = { messages } as unknown as ModelCall['request'];
  const call = { target: targetOf(targets, agent), request, requestId, correlationId, log, signal };
  const answer: string[] = [];
  let bytes = 0;
  let finishReason: string | undefined;
  for await (const { choices } of await streamChat(plane, call)) {
    const [choice] = choices;
    const { content, reasoning_content: reasoning } = choice?.delta ?? {};
    finishReason = choice?.finish_reason ?? finishReason;
    bytes += Buffer.byteLength(content ?? '') + Buffer.byteLength(reasoning ?? '');
    if (bytes > settings.maxOutputBytes) throw tooMuchOutput(settings.maxOutputBytes);
    if (reasoning) await output.push({ type: 'reasoning', text: reasoning });
    if (!content) continue;
    answer.push(content);
    await output.push({ type: 'output', text: content });
  }
  return { answer: answer.join(''), finishReason };
}

/** What the database answers, though it may be gone for a while; all that is asked here may be asked twice. */
const surely = <T>(ask: () => Promise<T>): Promise<T> =>
  whileUnavailable(unavailableMs, () => databaseAnswer(ask()));

const runTimeout = (ms: number) =>
  openaiError(504, `The agent did not end within ${ms} ms.`, 'server_error', 'run_timeout');

const tooMuchOutput = (bytes: number) =>
  openaiError(502, `The agent said more than ${bytes} bytes.`, 'server_error', 'output_too_large');
