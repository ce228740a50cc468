import type { CompletionEvent, FaultEvent, History, HistoryEvent, InvokeEvent } from '../../events.ts';
import type { JournalEntry } from '../../journal.ts';
import type { Simulated } from '../simulated.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Ids = 'type' | 'op' | 'client' | 'process' | 'at';

/** One operation of a simulated run, with what the provider saw of it; changed until the run is written down. */
export interface Act {
  readonly op: string;
  readonly client: number;
  readonly invokedAt: number;
  endedAt: number;
  readonly asked: Omit<InvokeEvent, Ids>;
  type: CompletionEvent['type'];
  answer: Mutable<Omit<CompletionEvent, Ids>>;
  calls: Mutable<JournalEntry>[];
  /** The parts of the whole answer, one frame each. */
  readonly tokens: readonly string[];
  /** Asked, answered and journalled once, well and in full. */
  readonly isPlain: boolean;
}

/** What happened in a run, in no order. */
export interface Run {
  readonly acts: Act[];
  readonly faults: readonly FaultEvent[];
  readonly timeoutMs: number;
}

/** The history and the journal that a run leaves. */
export function writtenDown(
  { acts, faults, timeoutMs }: Run,
  checks: History['header']['checks'],
): Simulated {
  const events: HistoryEvent[] = acts.flatMap((act): HistoryEvent[] => {
    const common = { op: act.op, client: act.client, process: act.client };
    return [
      { type: 'invoke', ...common, at: act.invokedAt, ...act.asked },
      { type: act.type, ...common, at: act.endedAt, ...act.answer },
    ];
  });
  const planned = [...new Set(faults.map(({ id }) => id))];
  const header = {
    type: 'header',
    version: 1,
    workload: 'simulated',
    planHash: '0',
    subject: 'simulated gateway',
    checks,
    timeoutMs,
    ...(planned.length > 0 ? { faults: planned } : {}),
  } as const;
  return {
    history: { header, events: [...events, ...faults].sort((a, b) => a.at - b.at) },
    journal: acts.flatMap(({ calls }) => calls).sort((a, b) => a.arrivedAt - b.arrivedAt),
  };
}
