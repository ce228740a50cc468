import type { History, HistoryEvent, HistoryHeader } from './events.ts';

/** One line of a history file, with its line end. */
export const serializeLine = (line: HistoryHeader | HistoryEvent): string => `${JSON.stringify(line)}\n`;

/** A whole history as JSON lines: the header first. */
export function serializeHistory({ header, events }: History): string {
  return [header, ...events].map(serializeLine).join('');
}
