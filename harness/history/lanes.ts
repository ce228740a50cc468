import type { FaultEvent, History } from './events.ts';
import type { Operation } from './timeline.ts';
import { timelineOf } from './timeline.ts';
import { shown } from './value.ts';
import type { Verdict } from './verdict.ts';

/** More than these no one reads; the others are counted. */
const MAX_OPERATIONS = 10;

/** What is said beside an operation, by its id. */
export type Notes = Readonly<Record<string, string>>;

interface Row {
  readonly at: number;
  readonly client: number | undefined;
  readonly who: string;
  readonly what: string;
  readonly worker: string;
  readonly outcome: string;
  readonly note: string;
}

/** The note of a verdict: what was broken, beside the operation that broke it. */
export function notesOf({ checker, counterexample = [] }: Verdict): Notes {
  const last = counterexample.at(-1);
  return last === undefined ? {} : { [last]: broken[checker] ?? checker };
}

/**
 * The operations with these ids, one line each in the order in which they began: client, what, worker, outcome, note. An
 * operation that began before the one above had ended is marked with ∥. Faults that fired in between have lines too.
 */
export function renderLines(history: History, ids: readonly string[], notes: Notes = {}): string {
  const { rows, more } = rowsOf(history, ids, notes);
  const width = (pick: (row: Row) => string) => Math.max(0, ...rows.map((row) => pick(row).length));
  const [who, what, worker, outcome] = [
    width((row) => row.who),
    width((row) => row.what),
    width((row) => row.worker),
    width((row) => row.outcome),
  ];
  const lines = rows.map((row) =>
    [
      row.who.padEnd(who),
      row.what.padEnd(what),
      row.worker.padEnd(worker),
      row.outcome.padEnd(outcome),
      row.note,
    ]
      .join('   ')
      .trimEnd(),
  );
  return [...lines, ...more].join('\n');
}

/** The same with one column per client and the worker in each cell; for as many clients as fit beside each other. */
export function renderLanes(history: History, ids: readonly string[], notes: Notes = {}): string {
  const { rows, more } = rowsOf(history, ids, notes);
  const clients = [...new Set(rows.flatMap(({ client }) => client ?? []))].sort((a, b) => a - b);
  const cellOf = ({ worker, what, outcome }: Row) => `${worker ? `${worker} ` : ''}${what} → ${outcome}`;
  const widthOf = (client: number) =>
    Math.max(
      `client ${client}`.length,
      ...rows.filter((row) => row.client === client).map((row) => cellOf(row).length),
    );
  const cells = (cell: (client: number) => string) =>
    clients.map((client) => cell(client).padEnd(widthOf(client))).join('   ');
  const heading = cells((client) => `client ${client}`);
  const lines = rows.map((row) =>
    row.client === undefined
      ? `── ${row.what} ${row.outcome}`
      : `${cells((client) => (client === row.client ? cellOf(row) : ''))}   ${row.note}`,
  );
  return [heading, ...lines, ...more].map((line) => line.trimEnd()).join('\n');
}

function rowsOf(
  history: History,
  ids: readonly string[],
  notes: Notes,
): { rows: readonly Row[]; more: readonly string[] } {
  const wanted = new Set(ids);
  const operations = timelineOf(history).operations.filter(({ invoke }) => wanted.has(invoke.op));
  const left = operations.slice(-MAX_OPERATIONS);
  const rows = left.map((operation, at) => rowOf(operation, left[at - 1], notes));
  const from = left[0]?.invoke.at ?? Number.POSITIVE_INFINITY;
  const until = left.reduce((last, { completion, invoke }) => Math.max(last, (completion ?? invoke).at), 0);
  for (const event of history.events) {
    if (event.type === 'fault' && event.state === 'fired' && event.at >= from && event.at <= until)
      rows.push(faultRow(event));
  }
  const hidden = operations.length - left.length;
  return {
    rows: rows.sort((a, b) => a.at - b.at),
    more: hidden > 0 ? [`… and ${hidden} operations before these`] : [],
  };
}

function rowOf(operation: Operation, above: Operation | undefined, notes: Notes): Row {
  const { invoke, completion } = operation;
  const value = invoke.value === undefined ? '' : ` ${shown(invoke.value)}`;
  const from = invoke.from === undefined ? '' : ` ${shown(invoke.from)} →`;
  const beside = above && above.answered > operation.start ? '∥ ' : '';
  const note = notes[invoke.op];
  return {
    at: invoke.at,
    client: invoke.client,
    who: `client ${invoke.client}`,
    what: `${beside}${invoke.name} "${invoke.key}"${from}${value}`,
    worker: completion?.worker ? `w${completion.worker.index}` : '',
    outcome: outcomeOf(operation),
    note: note === undefined ? '' : `← ${note}`,
  };
}

function outcomeOf({ completion }: Operation): string {
  if (!completion) return 'still running';
  const { type, error, value, stream } = completion;
  if (error !== undefined) return `${type} ${error.slice(0, 60)}`;
  if (stream) return `${type} ${stream.frames.length} frames${stream.complete ? '' : ', incomplete'}`;
  return value === undefined ? type : `${type} ${shown(value)}`;
}

function faultRow({ fault, at }: FaultEvent): Row {
  const whom = {
    worker: () => {
      if (fault.on !== 'worker') return '';
      const who =
        typeof fault.worker === 'number' ? `w${fault.worker}` : `that serves ${fault.worker.serves}`;
      return `${fault.action} ${fault.service} ${who}`;
    },
    service: () => (fault.on === 'service' ? `${fault.action} ${fault.service}` : ''),
    stream: () => (fault.on === 'stream' ? `${fault.effect.kind} ${fault.link ?? fault.through}` : ''),
    client: () => (fault.on === 'client' ? `${fault.action} ${fault.operation}` : ''),
  };
  return {
    at,
    client: undefined,
    who: 'fault',
    what: whom[fault.on](),
    worker: '',
    outcome: 'fired',
    note: '',
  };
}

const broken: Notes = {
  'lost-update': 'an acknowledged change is gone',
  'duplicate-effect': 'happened more often than asked for',
  'stale-read': 'stale after an acknowledged write',
  'read-your-writes': 'its own write is not there',
  'monotonic-reads': 'went back behind what it had read',
  convergence: 'quiet, and still different',
  limit: 'one more than the limit allows',
  'stream-order': 'not a prefix of the answer with one end',
  'truncated-complete': 'cut, and shown as complete',
  'cancel-upstream': 'aborted, and still going on upstream',
  'tenant-isolation': 'text of another tenant',
  'exactly-once': 'not exactly once upstream',
  'task-ends': 'still running',
  linearizable: 'no order explains this',
};
