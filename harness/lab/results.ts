import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serializeHistory } from '../history/write-history.ts';
import type { Plan } from '../plan/plan.ts';
import { serializePlan } from '../plan/serialize-plan.ts';
import { redact } from '../report/redact.ts';
import type { PlanOutcome } from './running/run-plan.ts';

/** Where the lab puts plans and histories: `plans/*.json` and `history/*.jsonl` of the run's results. */
export class LabResults {
  readonly #folder: string;
  readonly #secrets: readonly string[];

  constructor(folder: string, secrets: readonly string[]) {
    this.#folder = folder;
    this.#secrets = secrets;
    mkdirSync(join(folder, 'plans'), { recursive: true });
    mkdirSync(join(folder, 'history'), { recursive: true });
  }

  /** Writes a plan; returns the path of its file. */
  plan(name: string, plan: Plan): string {
    return this.#put(join('plans', `${name}.json`), serializePlan(plan));
  }

  /** Writes a history, and the journal that it was judged with. Returns the path of the history. */
  history(name: string, { history, journal }: PlanOutcome): string {
    if (journal) {
      const lines = journal.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      this.#put(join('history', `${name}.journal`), lines);
    }
    return this.#put(join('history', `${name}.jsonl`), serializeHistory(history));
  }

  #put(path: string, text: string): string {
    const file = join(this.#folder, path);
    writeFileSync(file, redact(text, this.#secrets));
    return file;
  }
}
