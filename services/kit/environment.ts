/** A variable that is missing or unusable; the message is one sentence that names it and what would be valid. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

type Source = Readonly<Record<string, string | undefined>>;

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** Typed readers over environment variables. An empty value counts as unset; every reader throws {@link EnvironmentError}. */
export interface Environment {
  /** The raw value, or the default, or `undefined` when there is neither. */
  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  requiredText(name: string): string;
  /** Base URL without a trailing slash; only the given schemes (default http and https). */
  requiredUrl(name: string, schemes?: readonly string[]): string;
  url(name: string, schemes?: readonly string[]): string | undefined;
  /** Decimal integer, both bounds inclusive. */
  integer(name: string, fallback: number, range: IntegerRange): number;
  oneOf<const T extends string>(name: string, fallback: T, values: readonly T[]): T;
}

/** Wraps `source` (default: the process environment) in typed readers. */
export function readEnvironment(source: Source = process.env): Environment {
  const value = (name: string): string | undefined => source[name]?.trim() || undefined;

  const required = (name: string): string => {
    const found = value(name);
    if (found === undefined) throw new EnvironmentError(`${name} is not set.`);
    return found;
  };

  const parseUrl = (name: string, text: string, schemes: readonly string[]): string => {
    const valid = `a URL starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
    // The value is not repeated: URLs may carry a password.
    if (!URL.canParse(text)) throw new EnvironmentError(`${name} is not a URL; it must be ${valid}.`);
    const scheme = new URL(text).protocol.slice(0, -1);
    if (!schemes.includes(scheme)) {
      throw new EnvironmentError(`${name} has the scheme "${scheme}"; it must be ${valid}.`);
    }
    return text.replace(/\/+$/, '');
  };

  const web = ['http', 'https'];
  return {
    text: ((name: string, fallback?: string) => value(name) ?? fallback) as Environment['text'],
    requiredText: required,
    requiredUrl: (name, schemes = web) => parseUrl(name, required(name), schemes),
    url: (name, schemes = web) => {
      const text = value(name);
      return text === undefined ? undefined : parseUrl(name, text, schemes);
    },
    integer: (name, fallback, { min, max }) => {
      const text = value(name);
      if (text === undefined) return fallback;
      const parsed = Number(text);
      if (!/^[+-]?\d+$/.test(text) || parsed < min || parsed > max) {
        throw new EnvironmentError(`${name} is "${text}"; it must be a whole number from ${min} to ${max}.`);
      }
      return parsed;
    },
    oneOf: (name, fallback, values) => {
      const text = value(name) ?? fallback;
      const match = values.find((candidate) => candidate === text);
      if (match === undefined) {
        throw new EnvironmentError(`${name} is "${text}"; it must be one of ${values.join(', ')}.`);
      }
      return match;
    },
  };
}
