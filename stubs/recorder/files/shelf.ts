import type { Asked } from '../asking/asked.ts';
import type { Filed } from './load.ts';
import type { Answer } from './recording.ts';

/** A recorded answer and where it is kept. */
export interface Taken {
  readonly file: string;
  readonly answer: Answer;
}

/** What no request has asked for. */
export interface Leftover {
  readonly file: string;
  readonly scope: string;
  readonly key: string;
  readonly used: number;
  readonly of: number;
}

/** The recordings at hand, each key with its answers in their order and how many of them have been given. */
export class Shelf {
  readonly #filed: ReadonlyMap<string, Filed>;
  readonly #given = new Map<string, Set<number>>();

  constructor(filed: readonly Filed[]) {
    this.#filed = new Map(filed.map((each) => [each.recording.key, each]));
  }

  get all(): readonly Filed[] {
    return [...this.#filed.values()];
  }

  find(key: string): Filed | undefined {
    return this.#filed.get(key);
  }

  /**
   * The next answer to a request: repeated ones get theirs in the order in which they were recorded. When there is none left,
   * what is read gets the last answer again, since how often one polls is chance; anything else gets none.
   */
  take({ key, request }: Pick<Asked, 'key' | 'request'>): Taken | undefined {
    const filed = this.#filed.get(key);
    const count = this.givenOf(key);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const at = isRead ? Math.min(count, (filed?.recording.answers.length ?? 0) - 1) : count;
    return this.takeAt(key, at);
  }

  /** One certain answer, for sockets, whose first message decides. */
  takeAt(key: string, at: number): Taken | undefined {
    const filed = this.#filed.get(key);
    const answer = filed?.recording.answers[at];
    if (filed === undefined || answer === undefined) return undefined;
    const given = this.#given.get(key) ?? new Set();
    this.#given.set(key, given.add(at));
    return { file: filed.file, answer };
  }

  /** Answers of a key that nobody has been given, with their places. */
  left(key: string): readonly { readonly at: number; readonly answer: Answer }[] {
    const given = this.#given.get(key);
    return (this.#filed.get(key)?.recording.answers ?? [])
      .map((answer, at) => ({ at, answer }))
      .filter(({ at }) => !given?.has(at));
  }

  givenOf(key: string): number {
    return this.#given.get(key)?.size ?? 0;
  }

  get used(): readonly string[] {
    return this.all.filter(({ recording }) => this.#given.has(recording.key)).map(({ file }) => file);
  }

  leftovers(): readonly Leftover[] {
    return this.all
      .map(({ file, recording: { scope, key, answers } }) => {
        return { file, scope, key, used: this.givenOf(key), of: answers.length };
      })
      .filter(({ used, of }) => used < of);
  }
}
