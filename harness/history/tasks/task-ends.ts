import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';

export interface TaskOptions {
  /** States that a task does not leave. */
  readonly terminal?: readonly string[];
  /** How long a task may run after it was asked for. Default 0: it has ended when its start is answered. */
  readonly withinMs?: number;
}

const endStates = ['completed', 'failed', 'cancelled', 'done', 'error', 'stopped'];

/** A task ends whatever becomes of the worker that ran it, and stays ended. Source: open-webui and Celery issue threads on lost tasks. */
export function taskEnds({ terminal = endStates, withinMs = 0 }: TaskOptions = {}): Checker {
  return {
    name: 'task-ends',
    rule: `${withinMs} ms after its start every task is ${terminal.join(', ')}, and stays so.`,
    needs: [
      'start and status name the task as key',
      'the status of every task is asked that long after its start',
    ],
    check(history) {
      let counted = 0;
      let unseen = 0;
      for (const operations of timelineOf(history).keys) {
        const start = operations.find(({ invoke, outcome }) => invoke.does === 'start' && outcome !== 'fail');
        if (!start) continue;
        counted += 1;
        const looks = operations.filter(
          ({ invoke, outcome }) => invoke.does === 'status' && outcome === 'ok',
        );
        const due = (start.completion?.at ?? start.invoke.at) + withinMs;
        const last = looks.findLast(({ invoke }) => invoke.at >= due);
        const ended = looks.some((look) => isEnd(look, terminal));
        const violation = wentBack(looks, terminal) ?? (ended ? undefined : unended(start, last));
        if (violation) return invalid('task-ends', violation, counted);
        if (!last && !ended && start.outcome === 'ok') unseen += 1;
      }
      const unmet =
        unseen > 0 ? `the status of ${unseen} task(s) was not asked ${withinMs} ms later` : undefined;
      return notFound('task-ends', counted, unmet);
    },
  };
}

const stateOf = ({ completion }: Operation) => completion?.value;
const isEnd = (look: Operation, terminal: readonly string[]) => terminal.includes(String(stateOf(look)));

function unended(start: Operation, last: Operation | undefined): Violation | undefined {
  if (!last) return undefined;
  // A start that may never have happened need not be known.
  const missing = stateOf(last) === null || stateOf(last) === undefined;
  if (missing && start.outcome === 'unknown') return undefined;
  const afterMs = Math.round(last.invoke.at - (start.completion?.at ?? start.invoke.at));
  const reason = `${named(last)} gave ${shown(stateOf(last))}, ${afterMs} ms after ${named(start)}`;
  return { reason, operations: [start, last] };
}

function wentBack(looks: readonly Operation[], terminal: readonly string[]): Violation | undefined {
  let ended: Operation | undefined;
  for (const look of looks) {
    // A task that ended may be forgotten.
    if ((stateOf(look) ?? null) === null) continue;
    if (ended && ended.end < look.start && stateOf(look) !== stateOf(ended)) {
      const reason = `${named(ended)} gave ${shown(stateOf(ended))}, ${named(look)} then ${shown(stateOf(look))}`;
      return { reason, operations: [ended, look] };
    }
    if (isEnd(look, terminal)) ended ??= look;
  }
  return undefined;
}
