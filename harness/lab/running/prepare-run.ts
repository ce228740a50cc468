import { setTimeout as delay } from 'node:timers/promises';
import { GauntletError, gauntletError } from '../../errors.ts';
import {
  type Answer,
  answerText,
  type Client,
  type ClientRequest,
  type PlanRun,
  type PreparedRun,
  requestText,
  type StreamAnswer,
  type StreamRequest,
  type Workload,
} from '../../workloads/workload.ts';

/** Preparing and cleaning up may take so many times the bound of an operation: they ask for several things. */
const operationsAllowed = 10;

/** The client outside of the history: remembers what it was told last, and says in a code of its own when it was told nothing. */
export class PreparingClient implements Client {
  readonly #client: Client;
  /** The last request and its answer. */
  last: { readonly request: ClientRequest; readonly answer: Answer } | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  async request(request: ClientRequest): Promise<Answer> {
    return this.#ask(request, () => this.#client.request(request));
  }

  async stream(request: StreamRequest): Promise<StreamAnswer> {
    return this.#ask(request, () => this.#client.stream(request));
  }

  async #ask<T extends Answer>(request: ClientRequest, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.last = { request, answer };
      return answer;
    } catch (error) {
      if (error instanceof GauntletError) throw error;
      throw gauntletError('GNT_SUBJECT_SILENT', requestText(request), reasonOf(error));
    }
  }
}

/**
 * Makes what one run needs, in bounded time.
 * @throws GauntletError GNT_SUBJECT_REFUSED, GNT_SUBJECT_SILENT, GNT_PREPARE_FAILED
 */
export async function prepareRun(
  workload: Workload,
  run: Omit<PlanRun, 'client'>,
  client: PreparingClient,
  operationTimeoutMs: number,
): Promise<PreparedRun> {
  try {
    return await inTime(workload.prepare({ ...run, client }), 'to prepare', operationTimeoutMs);
  } catch (error) {
    if (error instanceof GauntletError) throw error;
    const { last } = client;
    const isRefusal = last !== undefined && (last.answer.status < 200 || last.answer.status >= 300);
    // A workload that stumbles over a refusal was refused.
    if (isRefusal)
      throw gauntletError('GNT_SUBJECT_REFUSED', requestText(last.request), answerText(last.answer), error);
    const told = last ? `${requestText(last.request)} → ${answerText(last.answer)}` : 'none';
    throw gauntletError('GNT_PREPARE_FAILED', workload.name, reasonOf(error), told, error);
  }
}

/** Removes what the run had made; says why when that failed, which is no reason to end a hunt. */
export async function finishRun(
  prepared: PreparedRun,
  operationTimeoutMs: number,
): Promise<string | undefined> {
  if (!prepared.finish) return undefined;
  try {
    await inTime(prepared.finish(), 'to clean up', operationTimeoutMs);
    return undefined;
  } catch (error) {
    return `cleaning up failed: ${reasonOf(error)}`;
  }
}

async function inTime<T>(work: Promise<T>, what: string, operationTimeoutMs: number): Promise<T> {
  const boundMs = operationsAllowed * operationTimeoutMs;
  const done = new AbortController();
  const late = delay(boundMs, undefined, { signal: done.signal }).then(() => {
    throw gauntletError('GNT_SUBJECT_SILENT', what, `it took longer than ${boundMs / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

function reasonOf(error: unknown): string {
  const { name, message = String(error) } = (error ?? {}) as Partial<Error>;
  return name === 'TimeoutError' || name === 'AbortError' ? 'no answer in time' : message;
}
