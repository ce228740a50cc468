/** A value that is another one in each run, and how it is told from text that is not. */
interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Whether this match is one; content of a prompt may look the same. */
  readonly isOne?: (value: string, nowMs: number) => boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
const isNow = (value: string, nowMs: number) => Math.abs(Date.parse(value) - nowMs) <= 1.5 * dayMs;

/** All that is taken out of requests, besides fields (`field-rules.ts`). docs/recordings.md says why each. */
const rules: readonly Rule[] = [
  // The operation id of a marker `[[op=ID …]]`: the marker's directives stay.
  { name: 'op', pattern: /(?<=\[\[(?:[^[\]]*\s)?op=)[^\s\]]+/g },
  // The scope has a place of its own in the key.
  { name: 'test', pattern: /(?<=\[\[(?:[^[\]]*\s)?test=)[^\s\]]+/g },
  { name: 'uuid', pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi },
  // Ids of calls, messages, responses, memories, as providers and subjects mint them.
  { name: 'id', pattern: /\b[a-z]{2,12}[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{16,64}\b/g },
  { name: 'time', pattern: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g, isOne: isNow },
  { name: 'date', pattern: /\b\d{4}-\d\d-\d\d\b/g, isOne: isNow },
];

/** Shorter values are words that occur for other reasons. */
const shortestOwn = 8;

/**
 * The values of one request that are random or of its day, each with a placeholder `⟦name:n⟧`, numbered as they first occur: a
 * request with the same value twice is not one with two values.
 */
export class Placeholders {
  readonly #nowMs: number;
  readonly #byValue = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #hiding: RegExp | undefined;
  #showing: ReadonlyMap<string, string> | undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Notes the values in a text. */
  find(text: string): void {
    const found = rules.flatMap(({ name, pattern, isOne }) =>
      [...text.matchAll(pattern)]
        .filter(([value]) => isOne?.(value, this.#nowMs) ?? true)
        .map((match) => ({ name, value: match[0], at: match.index })),
    );
    for (const { name, value } of found.sort((a, b) => a.at - b.at)) this.#add(name, value);
  }

  /** Notes the whole of a text as a value; `undefined` when it is too short to be looked for elsewhere. */
  own(name: string, value: string): string | undefined {
    return value.length < shortestOwn ? undefined : this.#add(name, value);
  }

  /** The text with placeholders in place of the values. */
  hide(text: string): string {
    if (this.#byValue.size === 0) return text;
    this.#hiding ??= anyOf([...this.#byValue.keys()]);
    return text.replace(this.#hiding, (value) => this.#byValue.get(value) ?? value);
  }

  /** The text with the values in place of their placeholders; those of other requests stay. */
  show(text: string): string {
    if (this.#byValue.size === 0 || !text.includes('⟦')) return text;
    this.#showing ??= new Map([...this.#byValue].map(([value, name]) => [name, value]));
    const values = this.#showing;
    return text.replace(/⟦[a-z]+:\d+⟧/g, (placeholder) => values.get(placeholder) ?? placeholder);
  }

  #add(name: string, value: string): string {
    const there = this.#byValue.get(value);
    if (there !== undefined) return there;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const placeholder = `⟦${name}:${count}⟧`;
    this.#byValue.set(value, placeholder);
    this.#hiding = undefined;
    this.#showing = undefined;
    return placeholder;
  }
}

/** The values where no letter, digit or hyphen makes them part of something longer; the longest first. */
function anyOf(values: readonly string[]): RegExp {
  const escaped = values
    .toSorted((a, b) => b.length - a.length)
    .map((value) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9-])(?:${escaped.join('|')})(?![A-Za-z0-9-])`, 'g');
}
