import { type EventFrame, readFrames } from '../event-frames.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; an empty one for anything else. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A value as findings show it. */
export const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/** An event of a message stream, whatever else it holds. */
export type MessageEvent = JsonObject & { readonly type: string };

/** The events in the frames of a message stream, and what is wrong with its frames (rule `frame`). */
export const readEvents = (frames: readonly EventFrame[]) =>
  readFrames<MessageEvent>(frames, { noDone: 'a message stream has no [DONE]', unnamed: 'unnamed' });
