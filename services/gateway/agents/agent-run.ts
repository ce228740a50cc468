import { openaiError } from '../../kit/openai-error.ts';

export type RunStatus = 'running' | 'completed' | 'failed' | 'stopped' | 'interrupted';

export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** A run as it is stored, without its messages. */
export interface AgentRun {
  readonly id: string;
  readonly tenant: string;
  /** Model id of the gateway that answers. */
  readonly agent: string;
  readonly status: RunStatus;
  /** Grows with every message of the user. */
  readonly turn: number;
  /** Grows whenever the run begins, is resumed or continued. */
  readonly attempt: number;
  /** The worker that runs it, while it is `running`. */
  readonly runner: string | null;
  readonly created_at: Date;
  /** Of the latest attempt. */
  readonly started_at: Date;
  readonly updated_at: Date;
  readonly ended_at: Date | null;
  readonly finish_reason: string | null;
  readonly error: RunFailure | null;
}

/** A message of a run; `id` counts from 1. */
export interface AgentMessage {
  readonly id: number;
  readonly role: 'user' | 'agent';
  readonly content: string;
  readonly turn: number;
  readonly capability: string | null;
  readonly label: string | null;
  readonly created_at: Date;
}

/** A piece of the log of a run. */
export type RunEvent =
  | {
      readonly type: 'status';
      readonly status: RunStatus;
      readonly turn: number;
      readonly attempt: number;
      readonly finish_reason?: string;
      readonly error?: RunFailure;
    }
  | { readonly type: 'message'; readonly id: number; readonly role: 'user'; readonly content: string }
  | { readonly type: 'output' | 'reasoning'; readonly attempt: number; readonly text: string };

/** The fields of a run that clients see; those of agentapi-plusplus have its names. `duration` is in seconds. */
export function shownRun(run: AgentRun) {
  const end = run.status === 'running' ? Date.now() : (run.ended_at ?? run.updated_at).getTime();
  return {
    session_id: run.id,
    status: run.status,
    agent: run.agent,
    model: run.agent,
    turn: run.turn,
    attempt: run.attempt,
    created_at: run.created_at.toISOString(),
    started: run.started_at.toISOString(),
    updated_at: run.updated_at.toISOString(),
    duration: Math.max(0, end - run.started_at.getTime()) / 1_000,
    finish_reason: run.finish_reason,
    error: run.error?.message ?? null,
    error_code: run.error?.code ?? null,
    resumable: isResumable(run.status),
  };
}

/** Whether the latest message still waits for a whole answer and nobody works on it. */
export const isResumable = (status: RunStatus): boolean =>
  status === 'stopped' || status === 'failed' || status === 'interrupted';

/** True for the ids that the gateway makes: others can't be stored, and some would upset the database. */
export const isRunId = (id: string): boolean => /^sess_[0-9a-f]{32}$/.test(id);

export const runNotFound = (id: string) =>
  openaiError(
    404,
    `Agent run with id '${id.slice(0, 100)}' not found.`,
    'invalid_request_error',
    'run_not_found',
    'id',
  );
