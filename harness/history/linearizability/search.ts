import type { Operation } from '../timeline.ts';
import type { Model, Move } from './model.ts';
import { Window } from './window.ts';

export type SearchResult =
  | { readonly verdict: 'valid' | 'unknown'; readonly steps: number }
  | {
      readonly verdict: 'invalid';
      readonly steps: number;
      /** The longest order of operations that explains what was seen. */
      readonly prefix: readonly Operation[];
      /** The operation that had to come next and cannot. */
      readonly stuck: Operation;
    };

/** A choice that was made, with what is needed to take it back. */
interface Choice<S> {
  readonly before: S;
  /** How long the order was before it. */
  readonly length: number;
  readonly candidates: readonly number[];
  next: number;
}

/**
 * Looks for an order of operations that keeps to real time and to the model: Wing and Gong (1993) with the memory of Lowe (2017).
 * Operations of unknown outcome may come at any later place or nowhere. A pure operation is taken as soon as it fits, since it
 * fits nowhere better; unless it tells how the object began, which is a choice. Gives up after `maxSteps` operations were tried.
 */
export function search<S>(model: Model<S>, operations: readonly Operation[], maxSteps: number): SearchResult {
  const entries = operations.flatMap((operation) => {
    const move = model.moveOf(operation);
    return move ? [{ operation, move }] : [];
  });
  const window = new Window(entries.map(({ operation }) => operation));
  const moves: readonly Move<S>[] = entries.map(({ move }) => move);
  const visited = new Set<string>();
  const choices: Choice<S>[] = [];
  const best: number[] = [];
  /** So much of `best` is still the beginning of the order. */
  let shared = 0;
  let bestSure = -1;
  let stuck = -1;
  let state = model.initial;
  let steps = 0;

  for (;;) {
    const candidates = takePure();
    if (window.isComplete) return { verdict: 'valid', steps };
    if (steps > maxSteps) return { verdict: 'unknown', steps };
    // Where there is one way on, what comes after it is remembered instead.
    if (candidates.length < 2 || isNew()) {
      choices.push({ before: state, length: window.order.length, candidates, next: 0 });
    }
    if (!advance()) break;
  }
  const prefix = best.flatMap((place) => entries[place]?.operation ?? []);
  const last = entries[stuck]?.operation;
  if (!last) return { verdict: 'unknown', steps };
  return { verdict: 'invalid', steps, prefix, stuck: last };

  /** Takes pure operations for as long as one fits; gives what may come next then. */
  function takePure(): readonly number[] {
    for (;;) {
      const candidates = window.candidates();
      let found = false;
      for (const place of candidates) {
        const move = moves[place];
        if (!move?.pure || move.apply(state) !== state) continue;
        steps += 1;
        window.take(place);
        found = true;
      }
      if (!found) return candidates;
    }
  }

  function isNew(): boolean {
    const key = `${window.key}|${model.keyOf(state)}`;
    if (visited.has(key)) return false;
    visited.add(key);
    return true;
  }

  /** Takes the next candidate of the last choice, or of the one before it, and so on. False when none is left. */
  function advance(): boolean {
    for (let choice = choices.at(-1); choice; choice = choices.at(-1)) {
      if (window.order.length > choice.length) back(choice);
      while (choice.next < choice.candidates.length) {
        const place = choice.candidates[choice.next] ?? 0;
        choice.next += 1;
        const move = moves[place];
        const after = move?.apply(choice.before);
        if (after === undefined) continue;
        steps += 1;
        state = after;
        window.take(place);
        return true;
      }
      remember();
      choices.pop();
    }
    return false;
  }

  function back(choice: Choice<S>): void {
    remember();
    window.backTo(choice.length);
    shared = Math.min(shared, choice.length);
    state = choice.before;
  }

  /** Keeps the longest order so far, before it is taken back. */
  function remember(): void {
    if (window.sureTaken <= bestSure) return;
    bestSure = window.sureTaken;
    best.length = shared;
    for (let at = shared; at < window.order.length; at += 1) best.push(window.order[at] ?? 0);
    shared = window.order.length;
    stuck = window.firstDue();
  }
}
