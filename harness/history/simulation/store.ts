import type { Json } from '../../plan/json.ts';
import type { Asking } from './act.ts';

/** What a key held from a moment on. */
interface Version {
  readonly at: number;
  readonly state: Json;
}

/** A store as it should be: one state per key, changed by one request after the other, with its past. */
export class Store {
  readonly #versions = new Map<string, Version[]>();
  /** Results of requests that had a key of their own. */
  readonly #done = new Map<string, Json>();

  constructor(initial: Readonly<Record<string, Json>>) {
    for (const [key, state] of Object.entries(initial)) this.#versions.set(key, [{ at: -1, state }]);
  }

  /** What a key held at a moment. */
  stateAt(key: string, at: number): Json {
    return this.#versions.get(key)?.findLast((version) => version.at <= at)?.state ?? null;
  }

  /** Does what is asked, unless a request with the same id was done before; answers what the client is told. */
  change(asking: Asking, at: number, requestId: string | undefined): Json {
    const before = requestId === undefined ? undefined : this.#done.get(requestId);
    if (before !== undefined) return before;
    const state = this.stateAt(asking.key, at);
    if (asking.does === 'cas' && state !== asking.from) return false;
    this.#versions.get(asking.key)?.push({ at, state: after(state, asking) });
    const result = asking.does === 'cas' ? true : `done at ${at}`;
    if (requestId !== undefined) this.#done.set(requestId, result);
    return result;
  }
}

function after(state: Json, { does, value = null }: Asking): Json {
  const elements = Array.isArray(state) ? (state as readonly Json[]) : [];
  switch (does) {
    case 'write':
    case 'cas':
      return value;
    case 'add':
      return elements.includes(value) ? state : [value, ...elements];
    case 'append':
      return [...elements, value];
    case 'remove':
      return elements.filter((element) => element !== value);
    case 'increment':
      return Number(state) + Number(value);
    case 'delete':
      return Array.isArray(state) ? [] : null;
    default:
      return state;
  }
}
