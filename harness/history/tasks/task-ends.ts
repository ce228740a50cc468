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
        const starts = operations.filter(
          ({ invoke, outcome }) => invoke.does === 'start' && outcome !== 'fail',
        );
        if (starts.length === 0) continue;
        counted += 1;
        const looks = operations.filter(
          ({ invoke, outcome }) => invoke.does === 'status' && outcome === 'ok',
        );
        const violation = wentBack(starts, looks, terminal) ?? late(starts, looks, terminal, withinMs);
        if (violation) return invalid('task-ends', violation, counted);
        const isSeen = looks.some(
          (look) => isEnd(look, terminal) || look.invoke.at >= due(starts, looks, look, withinMs),
        );
        if (!isSeen && starts.some(({ outcome }) => outcome === 'ok')) unseen += 1;
      }
      const unmet =
        unseen > 0 ? `the status of ${unseen} task(s) was not asked ${withinMs} ms later` : undefined;
      return notFound('task-ends', counted, unmet, 'no task was started');
    },
  };
}

const stateOf = ({ completion }: Operation) => completion?.value ?? null;
const isEnd = (look: Operation, terminal: readonly string[]) => terminal.includes(String(stateOf(look)));

/**
 * When the task must have ended as far as a look can tell: so long after the last start that it may show. A start without an
 * answer may come late; it has come when the task is first seen. Of several it is not known which one was seen.
 */
function due(
  starts: readonly Operation[],
  looks: readonly Operation[],
  look: Operation,
  withinMs: number,
): number {
  const before = starts.filter(({ start }) => start < look.answered);
  const times = before.map(({ completion, outcome }) => {
    if (outcome === 'ok') return completion?.at ?? Number.POSITIVE_INFINITY;
    const seen = before.length === 1 ? looks.find((each) => stateOf(each) !== null) : undefined;
    return seen?.completion?.at ?? Number.POSITIVE_INFINITY;
  });
  return Math.max(...times) + withinMs;
}

/** A look that began when the task was due, and shows it running. One that shows no task at all counts only if it never ended. */
function late(
  starts: readonly Operation[],
  looks: readonly Operation[],
  terminal: readonly string[],
  withinMs: number,
): Violation | undefined {
  const hasEnded = looks.some((look) => isEnd(look, terminal));
  const overdue = looks.findLast(
    (look) =>
      !isEnd(look, terminal) &&
      !(stateOf(look) === null && hasEnded) &&
      look.invoke.at >= due(starts, looks, look, withinMs),
  );
  const start = overdue && starts.findLast((each) => each.start < overdue.answered);
  if (!overdue || !start) return undefined;
  const afterMs = Math.round(overdue.invoke.at - (start.completion?.at ?? start.invoke.at));
  const reason = `${named(overdue)} gave ${shown(stateOf(overdue))}, ${afterMs} ms after ${named(start)}`;
  return { reason, operations: [start, overdue] };
}

function wentBack(
  starts: readonly Operation[],
  looks: readonly Operation[],
  terminal: readonly string[],
): Violation | undefined {
  let ended: Operation | undefined;
  for (const look of looks) {
    const seen = ended;
    // A task that ended may be forgotten.
    if (stateOf(look) === null) continue;
    if (seen && seen.end < look.start && stateOf(look) !== stateOf(seen) && !isAgain(starts, seen, look)) {
      const reason = `${named(seen)} gave ${shown(stateOf(seen))}, ${named(look)} then ${shown(stateOf(look))}`;
      return { reason, operations: [seen, look] };
    }
    if (isEnd(look, terminal)) ended = seen && !isAgain(starts, seen, look) ? seen : look;
  }
  return undefined;
}

/** Whether another start may have come between two looks, so that they show different runs of the task. */
const isAgain = (starts: readonly Operation[], seen: Operation, look: Operation): boolean =>
  starts.length > 1 && starts.some(({ start, end }) => start < look.end && end > seen.start);
