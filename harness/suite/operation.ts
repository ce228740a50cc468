import { randomUUID } from 'node:crypto';

/**
 * An operation id that travels in the text of a request, with further directives for the scripted provider.
 * Everything between the client and the provider passes it on unchanged.
 */
export interface Operation {
  readonly id: string;
  /** The text to append to a message, such as `[[op=… cut=3]]`. */
  readonly mark: string;
}

/** Directives of the scripted provider, see stubs/README.md. */
export type Directives = Readonly<Record<string, string | number>>;

/** Directives whose values are texts. */
const texts: readonly string[] = ['say', 'think', 'refuse'];

export function newOperation(directives: Directives = {}): Operation {
  const id = randomUUID().slice(0, 13);
  const pairs = Object.entries(directives).map(([key, value]) =>
    texts.includes(key) ? `${key}=${escaped(String(value))}` : `${key}=${value}`,
  );
  return { id, mark: `[[${[`op=${id}`, ...testOf(), ...pairs].join(' ')}]]` };
}

/**
 * The test that asks, in a run that records or replays: where nothing else of a client reaches the edge, content does. The suites'
 * environment sets it.
 */
function testOf(): readonly string[] {
  const { gauntletTest } = globalThis as { readonly gauntletTest?: string };
  return gauntletTest ? [`test=${encodeURIComponent(gauntletTest)}`] : [];
}

/** A text as a directive's value: no white space, no brackets. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll('_', '%5F').replaceAll('%20', '_');
}
