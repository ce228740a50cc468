import { join } from 'node:path';
import type { Asked } from '../asking/asked.ts';
import { fileNameOf } from './file-name.ts';
import type { Filed } from './load.ts';
import { type Answer, format } from './recording.ts';
import { sameAnswers } from './same-answers.ts';
import { writeRecording } from './write-recording.ts';

/** The place of an answer among those of its key, taken when its request came. */
export interface Slot {
  /** Keeps the answer; `undefined` gives the place up. @returns the file, once it holds the answer */
  fill(answer: Answer | undefined): string | undefined;
}

type Named = Pick<Asked, 'key' | 'scope' | 'request'>;

interface Draft {
  readonly file: string;
  readonly before: Filed | undefined;
  /** In the order of requests; `null` is under way, or was given up. */
  readonly answers: (Answer | null)[];
  /** How many are under way. */
  open: number;
}

interface Unwritten {
  readonly draft: Draft;
  readonly asked: Named;
  readonly answers: readonly Answer[];
}

export interface DraftOptions {
  readonly folder: string;
  /** What is there already, by key. */
  readonly find: (key: string) => Filed | undefined;
  /** Answers that are there stay, and new ones come after them. */
  readonly append: boolean;
  readonly now: () => number;
}

/** What this run records: each key is written when its answers are there, in the order of their requests. */
export class Drafts {
  readonly #options: DraftOptions;
  readonly #drafts = new Map<string, Draft>();
  /** Those with answers under way, and those that say the same as before with fewer answers so far. */
  readonly #unwritten = new Map<string, Unwritten>();
  readonly written = new Set<string>();
  /** Recorded again with the same answers. */
  readonly unchanged = new Set<string>();

  constructor(options: DraftOptions) {
    this.#options = options;
  }

  has(key: string): boolean {
    return this.#drafts.has(key);
  }

  open({ key, scope, request }: Named): Slot {
    const { find, append } = this.#options;
    const before = find(key);
    const draft = this.#drafts.get(key) ?? {
      before,
      file: before?.file ?? fileNameOf({ key, scope, request }),
      answers: append ? [...(before?.recording.answers ?? [])] : [],
      open: 0,
    };
    draft.open += 1;
    this.#drafts.set(key, draft);
    const at = draft.answers.push(null) - 1;
    return {
      fill: (answer) => {
        draft.answers[at] = answer ?? null;
        const kept = draft.answers.filter((each) => each !== null);
        // A poll that is answered as before adds nothing.
        const answers = request.method === 'GET' ? withoutRepeats(kept) : kept;
        const unwritten = { draft, asked: { key, scope, request }, answers };
        draft.open -= 1;
        // Its order is known when those before it are there.
        if (draft.open > 0) this.#unwritten.set(key, unwritten);
        else if (answers.length > 0) this.#keep(unwritten);
        return answer === undefined ? undefined : draft.file;
      },
    };
  }

  /** Writes what still waits; called when nothing more is to come. */
  settle(): void {
    for (const unwritten of this.#unwritten.values())
      if (unwritten.answers.length > 0) this.#write(unwritten);
    this.#unwritten.clear();
  }

  /** What says the same as before is left as it is, however it was sliced and timed. */
  #keep(unwritten: Unwritten): void {
    const { draft, asked, answers } = unwritten;
    const { file, before } = draft;
    const earlier = before?.recording.answers ?? [];
    const isSame = answers.length > 0 && sameAnswers(earlier.slice(0, answers.length), answers);
    if (!isSame || this.written.has(file)) {
      this.#write(unwritten);
      return;
    }
    this.#unwritten.delete(asked.key);
    if (answers.length < earlier.length) this.#unwritten.set(asked.key, unwritten);
    else this.unchanged.add(file);
  }

  #write({ draft: { file }, asked: { key, scope, request }, answers }: Unwritten): void {
    const { folder, now } = this.#options;
    const recordedAt = new Date(now()).toISOString();
    writeRecording(join(folder, file), { format, key, scope, request, answers, recordedAt });
    this.#unwritten.delete(key);
    this.unchanged.delete(file);
    this.written.add(file);
  }
}

function withoutRepeats(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter((answer, at) => {
    const previous = answers[at - 1];
    return previous === undefined || !sameAnswers([previous], [answer]);
  });
}
