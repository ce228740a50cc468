import type { CompletionEvent, HistoryEvent } from '../history/events.ts';
import { stepOf } from '../history/step-of.ts';
import type { Fault } from '../plan/fault.ts';
import type { FaultStep, OperationStep } from '../plan/plan.ts';

/** A run of a plan, as far as the suites look at it. */
interface SeenRun {
  readonly events: readonly HistoryEvent[];
}

export const fault = (planned: Fault): FaultStep => ({ kind: 'fault', id: 'f1', fault: planned });

/** Reads a memory, through one worker if one is named. */
export const read = (id: string, client: number, worker?: number): OperationStep => ({
  kind: 'operation',
  id,
  client,
  ...(worker === undefined ? {} : { worker }),
  name: 'read',
  args: { key: 'note1' },
});

/** A streamed chat of eight words. */
export const stream = (id: string): OperationStep => ({
  kind: 'operation',
  id,
  client: 1,
  name: 'stream',
  args: { model: 'baseline-cli-agent' },
});

/** What became of the fault, as the history tells it. */
export function faultSeen({ events }: SeenRun) {
  const of = (wanted: string) => events.find((event) => event.type === 'fault' && event.state === wanted);
  const fired = of('fired');
  const reverted = of('reverted');
  return {
    states: events.flatMap((event) => (event.type === 'fault' ? [event.state] : [])),
    proof: fired?.type === 'fault' ? fired.proof : undefined,
    lastedMs: fired && reverted ? reverted.at - fired.at : Number.NaN,
  };
}

/** How the operations ended, in the order of the history. */
export const endings = (run: SeenRun): readonly string[] => completionsOf(run).map(({ type }) => type);

/** Pids of the workers that answered, in the order of the history. */
export const pidsSeen = (run: SeenRun): readonly number[] =>
  completionsOf(run).flatMap(({ worker }) => (worker ? [worker.pid] : []));

/** One for each request: its parts end together. */
function completionsOf({ events }: SeenRun): readonly CompletionEvent[] {
  const completions = events.filter(
    (event): event is CompletionEvent => event.type !== 'invoke' && event.type !== 'fault',
  );
  return [...Map.groupBy(completions, ({ op }) => stepOf(op)).values()].flatMap(([first]) => first ?? []);
}

/** The frames that the client of an operation saw, and whether the stream came to its end. */
export function streamSeen({ events }: SeenRun) {
  const ended = events.find((event) => event.type === 'ok' || event.type === 'unknown');
  return ended && 'stream' in ended ? ended.stream : undefined;
}

/** Each event of the history in a word or two, once for the parts of a request: `invoke o1`, `fired`, `ok o1`. */
export const eventsSeen = ({ events }: SeenRun): readonly string[] =>
  events
    .map((event) => (event.type === 'fault' ? event.state : `${event.type} ${stepOf(event.op)}`))
    .filter((seen, index, all) => seen !== all[index - 1]);

/** Milliseconds from the first request to the first frame of its answer, and to its end. */
export function durationsOf(run: SeenRun) {
  const asked = run.events.find(({ type }) => type === 'invoke')?.at ?? Number.NaN;
  const ended = run.events.find(({ type }) => type === 'ok' || type === 'unknown')?.at ?? Number.NaN;
  return { firstMs: (streamSeen(run)?.frames[0]?.at ?? Number.NaN) - asked, wholeMs: ended - asked };
}
