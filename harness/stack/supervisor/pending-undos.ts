/** Runs one engine command: its arguments. Resolves however it ends; the text is why it failed. */
export type RunCommand = (args: readonly string[]) => Promise<string | undefined>;

interface Undo {
  readonly commands: readonly (readonly string[])[];
  readonly timer: NodeJS.Timeout;
}

/**
 * What brings back services that a fault has taken away, kept where it outlives whoever caused the fault: each is run when it
 * is asked for, or when its time is over.
 */
export class PendingUndos {
  readonly #run: RunCommand;
  readonly #pending = new Map<string, Undo>();

  constructor(run: RunCommand) {
    this.#run = run;
  }

  /** One of the same name takes its place; what that would have undone is undone by this one. */
  later(name: string, commands: Undo['commands'], afterMs: number): void {
    clearTimeout(this.#pending.get(name)?.timer);
    const timer = setTimeout(() => void this.now(name).catch(() => undefined), afterMs);
    this.#pending.set(name, { commands, timer });
  }

  /** Does nothing when it was done already. @throws Error with what the engine said when a command failed */
  async now(name: string): Promise<void> {
    const undo = this.#pending.get(name);
    if (!undo) return;
    clearTimeout(undo.timer);
    this.#pending.delete(name);
    for (const command of undo.commands) {
      const failure = await this.#run(command);
      if (failure !== undefined) throw new Error(`${command.join(' ')}: ${failure}`);
    }
  }

  /** Forgets all: the run is being removed. */
  clear(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}
