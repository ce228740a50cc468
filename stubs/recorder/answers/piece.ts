import { isUtf8 } from 'node:buffer';
import type { Json } from '../asking/normal-body.ts';
import type { Placeholders } from '../asking/placeholders.ts';
import type { Frame, Piece } from '../files/recording.ts';

/**
 * Bytes that arrived at once, in the most readable form that gives exactly these bytes back: JSON as JSON where its text is
 * what `JSON.stringify` makes of it, other text as text.
 */
export function pieceOf(bytes: Buffer, placeholders: Placeholders): Piece {
  if (!isUtf8(bytes)) return { base64: bytes.toString('base64') };
  const text = placeholders.hide(bytes.toString());
  const parts = text.endsWith('\n\n')
    ? text.split(/(?<=\n\n)(?=.)/s)
    : text.endsWith('\n')
      ? text.split(/(?<=\n)(?=.)/s)
      : [text];
  const frames = parts.map(frameOf);
  if (frames.length === 1) return frames[0] ?? '';
  // Several lines that are no frames are one text.
  return frames.every((frame) => typeof frame === 'string') ? text : frames;
}

/** The text of a piece, with its placeholders; `undefined` for bytes that are no text. */
export function textOfPiece(piece: Piece): string | undefined {
  if (typeof piece === 'string') return piece;
  if (isList(piece)) {
    const texts = piece.map(textOfPiece);
    return texts.includes(undefined) ? undefined : texts.join('');
  }
  if ('base64' in piece) return undefined;
  if ('line' in piece) return `${JSON.stringify(piece.line)}\n`;
  if ('json' in piece) return JSON.stringify(piece.json);
  const event = piece.event === undefined ? '' : `event: ${piece.event}\n`;
  return `${event}data: ${JSON.stringify(piece.data)}\n\n`;
}

/** The bytes of a piece, with the values of a request in place of their placeholders. */
export function bytesOfPiece(piece: Piece, placeholders: Placeholders): Buffer {
  const text = textOfPiece(piece);
  if (text !== undefined) return Buffer.from(placeholders.show(text));
  if (isList(piece)) return Buffer.concat(piece.map((frame) => bytesOfPiece(frame, placeholders)));
  return Buffer.from((piece as { base64: string }).base64, 'base64');
}

const isList = (piece: Piece): piece is readonly Frame[] => Array.isArray(piece);

function frameOf(text: string): Frame {
  const [, event, data] = /^(?:event: ([^\r\n]*)\n)?data: ([^\r\n]*)\n\n$/.exec(text) ?? [];
  if (data !== undefined) {
    const json = exactly(data);
    if (json !== undefined) return event === undefined ? { data: json } : { event, data: json };
    return text;
  }
  const line = text.endsWith('\n') ? exactly(text.slice(0, -1)) : undefined;
  if (line !== undefined) return { line };
  const json = exactly(text);
  return json === undefined ? text : { json };
}

/** The object or list that a text is, if writing it gives the same text. */
function exactly(text: string): Json | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
