/** At most one planned run of a function: an earlier plan replaces a later one. */
export class NextTurn {
  readonly #run: () => void;
  #planned: { readonly cancel: () => void; readonly at: number } | undefined;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs the function after the delay, or earlier if an earlier run is planned; 0 = after the current I/O events. */
  after(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.#planned && this.#planned.at <= at) return;
    this.cancel();
    const turn = () => {
      this.#planned = undefined;
      this.#run();
    };
    if (delayMs > 0) {
      const timer = setTimeout(turn, delayMs);
      this.#planned = { at, cancel: () => clearTimeout(timer) };
    } else {
      const immediate = setImmediate(turn);
      this.#planned = { at, cancel: () => clearImmediate(immediate) };
    }
  }

  cancel(): void {
    this.#planned?.cancel();
    this.#planned = undefined;
  }
}
