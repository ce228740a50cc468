import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonRecord } from '../plan/json.ts';
import { isRecord } from './event-types.ts';

/** A text that grows by deltas, until an event ends it, and a second one the part around it. */
export interface OpenText {
  readonly kind: string;
  text: string;
  isTextDone: boolean;
  isDone: boolean;
  readonly annotations: Json[];
}

/** An item of the output as the events so far tell it. */
export interface OpenItem {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly added: JsonRecord;
  readonly parts: OpenText[];
  readonly summaries: OpenText[];
  /** Streamed arguments, and whether they have ended. */
  readonly args: OpenText;
  /** How far a call has come, as the last of its events said. */
  phase: string | undefined;
  /** As `output_item.done` had it. */
  done: JsonRecord | undefined;
}

export const newText = (kind: string, text = ''): OpenText => ({
  kind,
  text,
  isTextDone: false,
  isDone: false,
  annotations: [],
});

export function newItem(index: number, added: JsonRecord): OpenItem {
  return {
    index,
    id: textOf(added.id),
    type: textOf(added.type),
    added,
    parts: [],
    summaries: [],
    args: newText('arguments'),
    phase: undefined,
    done: undefined,
  };
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
export const recordsOf = (value: unknown): readonly JsonRecord[] => listOf(value).filter(isRecord);

/** Deep equality of JSON, whatever the order of names. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other);

/** A value on part of a line. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
