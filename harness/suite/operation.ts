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

/** Directives of the scripted provider, see docs/provider.md. */
export type Directives = Readonly<Record<string, string | number>>;

export function newOperation(directives: Directives = {}): Operation {
  const id = randomUUID().slice(0, 13);
  const pairs = Object.entries(directives).map(
    ([key, value]) => `${key}=${String(value).replaceAll(' ', '_')}`,
  );
  return { id, mark: `[[${[`op=${id}`, ...pairs].join(' ')}]]` };
}
