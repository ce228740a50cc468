import type { Place, Platform } from './platform.ts';

/** A message that shows an answer while it is being said. */
export interface GrowingMessage {
  /** Shows this soon: not before the last edit is over, nor sooner behind it than the platform should be asked. */
  show(text: string): void;
  /** Resolves when no edit is under way, and none follows. */
  settled(): Promise<void>;
}

/** @param gone called when somebody has deleted the message */
export function grow(
  platform: Platform,
  place: Place,
  message: string,
  everyMs: number,
  gone: () => void,
): GrowingMessage {
  let latest = '';
  let shown = '';
  let timer: NodeJS.Timeout | undefined;
  let editing: Promise<void> = Promise.resolve();
  let isOver = false;
  const edit = async () => {
    // What does not fit is shown at the end, in pieces.
    const text = latest.slice(0, platform.textLimit);
    try {
      if (text !== shown && (await platform.edit(place, message, text)) === 'gone') gone();
      shown = text;
    } finally {
      timer = undefined;
    }
    if (latest !== text && text.length < platform.textLimit) soon();
  };
  const soon = () => {
    if (isOver || timer !== undefined) return;
    timer = setTimeout(() => {
      // The end of the answer is edited again, and tells when the platform cannot be had.
      editing = edit().catch(() => undefined);
    }, everyMs);
  };
  return {
    show: (text) => {
      latest = text;
      soon();
    },
    settled: async () => {
      isOver = true;
      clearTimeout(timer);
      await editing;
    },
  };
}

/** The whole answer, in as many messages as it takes. */
export async function show(platform: Platform, place: Place, message: string, text: string): Promise<void> {
  const pieces = inPieces(text.trim() === '' ? '(no words)' : text, platform.textLimit);
  const [first = '', ...others] = pieces;
  await platform.edit(place, message, first);
  for (const piece of others) await platform.send(place, piece, message);
}

/** A text in pieces of at most `limit` characters, between words where there are some. */
export function inPieces(text: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const gap = rest.lastIndexOf(' ', limit);
    const end = gap > limit / 2 ? gap : wholeCharacters(rest, limit);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** No character of two units is cut. */
const wholeCharacters = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end;
