/** Refusals that a test has ordered: the next calls of a method for a chat are one too many. */
export class Limits {
  readonly #left = new Map<string, { times: number; readonly retryAfterSeconds: number }>();

  order(method: string, chat: string, times: number, retryAfterSeconds: number): void {
    this.#left.set(`${method} ${chat}`, { times, retryAfterSeconds });
  }

  /** How long to wait before a call, or undefined when it may go on. */
  check(method: string, chat: string): number | undefined {
    const left = this.#left.get(`${method} ${chat}`);
    if (!left || left.times === 0) return undefined;
    left.times--;
    return left.retryAfterSeconds;
  }
}
