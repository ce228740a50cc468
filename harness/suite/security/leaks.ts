import { randomBytes } from 'node:crypto';

/** A credential that is nobody's: where it appears, a real one would have. */
export interface Canary {
  /** Where it was given. */
  readonly name: string;
  /** To be used as a key, a token or a password. */
  readonly value: string;
  /** The unguessable part of it: 32 characters of hex. */
  readonly core: string;
}

export interface Leak {
  readonly canary: string;
  /** How it was written. */
  readonly form: string;
  /** The text around it. */
  readonly around: string;
}

export function newCanary(name: string, prefix = 'sk-canary-'): Canary {
  const core = randomBytes(16).toString('hex');
  return { name, value: `${prefix}${core}`, core };
}

/** A credential that something else made, such as a key of the gateway's. */
export const canaryOf = (name: string, value: string): Canary => ({ name, value, core: value.slice(-32) });

/** Half of a key is too much of it: an end of four characters, as lists show it, is not. */
const pieceLength = 16;
const contextLength = 60;

/**
 * Where a text has a canary, half of one, or either of them in hex, base64 (wherever it begins, in both alphabets), percent
 * escapes or the escapes of JSON.
 */
export function leaksIn(text: string, canaries: readonly Canary[]): readonly Leak[] {
  // One look for all of them: the places are large, and nearly always there is nothing.
  if (!anyOf(canaries).test(text)) return [];
  return canaries.flatMap((canary) =>
    formsOf(canary).flatMap(([form, written]) => {
      const at = text.indexOf(written);
      if (at < 0) return [];
      const around = text.slice(Math.max(0, at - contextLength), at + written.length + contextLength);
      return [{ canary: canary.name, form, around }];
    }),
  );
}

/** By how many there are: lists of canaries only grow. */
const patterns = new WeakMap<readonly Canary[], { readonly count: number; readonly pattern: RegExp }>();

function anyOf(canaries: readonly Canary[]): RegExp {
  const known = patterns.get(canaries);
  if (known?.count === canaries.length) return known.pattern;
  const written = canaries.flatMap((canary) => formsOf(canary).map(([, form]) => form));
  const pattern = new RegExp(written.map(escaped).join('|') || '(?!)');
  patterns.set(canaries, { count: canaries.length, pattern });
  return pattern;
}

const escaped = (text: string) => text.replaceAll(/[\\+/%.]/g, '\\$&');

const forms = new Map<string, readonly (readonly [form: string, written: string])[]>();

function formsOf({ core }: Canary): readonly (readonly [string, string])[] {
  const known = forms.get(core);
  if (known !== undefined) return known;
  const pieces = [core.slice(0, pieceLength), core.slice(-pieceLength)];
  const all = pieces.flatMap((piece) => {
    const hex = Buffer.from(piece).toString('hex');
    const each = (written: (hexOfOne: string) => string) => hex.replaceAll(/../g, written);
    return [
      ['as it is', piece],
      ['in hex', hex],
      ['in hex', hex.toUpperCase()],
      ['in percent escapes', each((one) => `%${one}`)],
      ['in percent escapes', each((one) => `%${one.toUpperCase()}`)],
      ['in escapes of JSON', each((one) => `\\u00${one}`)],
      ...alignments(piece).flatMap((written) => [
        ['in base64', written] as const,
        ['in base64', written.replaceAll('+', '-').replaceAll('/', '_')] as const,
      ]),
    ] as const;
  });
  const unique = [...new Map(all.map((one) => [one[1], one])).values()];
  forms.set(core, unique);
  return unique;
}

/** Base64 of a piece for each place in a group of three bytes, without the characters that neighbours change. */
function alignments(piece: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(piece)]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + piece.length) * 8) / 6);
    return text.slice(first, last);
  });
}
