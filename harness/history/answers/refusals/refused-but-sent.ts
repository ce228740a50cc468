import { chatCallsOf, isAnswered, isFailed, type Journal } from '../../journal.ts';
import type { Operation } from '../../timeline.ts';

/** Refusals that are decided before the model is asked; others, such as those of a filter of answers, may come after. */
const decidedBefore = [401, 404, 405, 413, 414, 415, 429];

/** How a refused call went on upstream all the same: its answer was paid, or it was asked only then. */
export function refusedButSent({ invoke, completion }: Operation, journal: Journal): string | undefined {
  if (invoke.does !== 'call' || !completion?.status || !decidedBefore.includes(completion.status)) {
    return undefined;
  }
  const calls = chatCallsOf(journal, invoke.op);
  // What the model refuses may be handed on, also where it answered an earlier turn.
  if (calls.some(isFailed)) return undefined;
  if (calls.some((call) => isAnswered(call) && call.answerText !== '')) return 'and answered upstream';
  const late = calls.find(({ arrivedAt }) => arrivedAt > completion.at);
  return late && `and sent upstream ${Math.round(late.arrivedAt - completion.at)} ms later`;
}
