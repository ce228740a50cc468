/** Refusals that a test has ordered: the next calls of a method are one too many. */
export class Limits {
  readonly #left = new Map<string, { times: number; readonly retryAfterSeconds: number }>();
  /** Calls that were refused, by method. */
  readonly refused = new Map<string, number>();

  order(method: string, times: number, retryAfterSeconds: number): void {
    this.#left.set(method, { times, retryAfterSeconds });
  }

  /** How long to wait before a call, or undefined when it may go on. */
  check(method: string): number | undefined {
    const left = this.#left.get(method);
    if (!left || left.times === 0) return undefined;
    left.times--;
    this.refused.set(method, (this.refused.get(method) ?? 0) + 1);
    return left.retryAfterSeconds;
  }
}
