import type { Json } from '../asking/normal-body.ts';

/** Version of the files. */
export const format = 1;

/** The request of a recording: exactly one of `body` (JSON), `text` and `binary`, or none of them. */
export interface StoredRequest {
  /** `SOCKET` for a WebSocket. */
  readonly method: string;
  readonly upstream: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly text?: string;
  readonly binary?: { readonly sha256: string; readonly bytes: number };
}

/**
 * How an answer ended: as it should; cut off by a FIN or a reset in the middle; or not at all, because the client left
 * before.
 */
export type End = 'complete' | 'cut' | 'reset' | 'left';

/** One event of a stream whose data is JSON, a line of JSON, a whole JSON body; any other text; bytes that are no text. */
export type Frame =
  | string
  | { readonly data: Json; readonly event?: string }
  | { readonly line: Json }
  | { readonly json: Json }
  | { readonly base64: string };

/** What arrived at once: several frames in one write are a list. */
export type Piece = Frame | readonly Frame[];

export interface HttpAnswer {
  /** Absent when it ended before there was one. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body had a declared length: of so many bytes, where it ended before them. */
  readonly length?: true | number;
  readonly body: readonly Piece[];
  readonly ended: End;
  /** When the head and each piece came, in milliseconds after the request had been sent. */
  readonly atMs: readonly number[];
}

/** A message of a socket, and who sent it. */
export type Message =
  | { readonly from: 'client' | 'provider'; readonly json: Json }
  | { readonly from: 'client' | 'provider'; readonly text: string }
  | { readonly from: 'client' | 'provider'; readonly base64: string };

export interface SocketAnswer {
  readonly status: 101;
  readonly headers: Readonly<Record<string, string>>;
  readonly messages: readonly Message[];
  /** Who ended it and how; without a code it was cut. */
  readonly ended: { readonly by: 'client' | 'provider'; readonly code?: number; readonly reason?: string };
  /** When each message came, in milliseconds after the socket had opened. */
  readonly atMs: readonly number[];
}

export type Answer = HttpAnswer | SocketAnswer;

export const isSocket = (answer: Answer): answer is SocketAnswer => 'messages' in answer;

/** One file: a request and its answers, in the order in which they were given. */
export interface Recording {
  readonly format: number;
  readonly key: string;
  /** The test that asked. */
  readonly scope: string;
  readonly request: StoredRequest;
  readonly answers: readonly Answer[];
  readonly recordedAt: string;
  /** Of everything else, so that a change by hand shows. */
  readonly digest: string;
}
