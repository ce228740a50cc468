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
  /** Its place in the history. */
  readonly at: number;
  /** Undefined for a fault. */
  readonly client: number | undefined;
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
 * The operations with these ids in the order in which they began, one column per client and the worker in each cell: what,
 * outcome, note. An operation that began before the one above had ended is marked with ∥. Faults that fired in between stand
 * where they did.
 */
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
  const from = left[0]?.start ?? Number.POSITIVE_INFINITY;
  const lastOf = ({ answered, start }: Operation) => (Number.isFinite(answered) ? answered : start);
  const until = left.reduce((last, operation) => Math.max(last, lastOf(operation)), 0);
  for (const [at, event] of history.events.entries()) {
    if (event.type === 'fault' && event.state === 'fired' && at >= from && at <= until)
      rows.push(faultRow(event, at));
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
    at: operation.start,
    client: invoke.client,
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

function faultRow({ fault }: FaultEvent, at: number): Row {
  const whom = {
    worker: () => {
      if (fault.on !== 'worker') return '';
      const who =
        typeof fault.worker === 'number' ? `w${fault.worker}` : `that serves ${fault.worker.serves}`;
      return `${fault.action} ${fault.service} ${who}`;
    },
    service: () => (fault.on === 'service' ? `${fault.action} ${fault.service}` : ''),
    link: () => (fault.on === 'link' ? `${fault.action} ${fault.link}` : ''),
    stream: () => (fault.on === 'stream' ? `${fault.effect.kind} ${fault.link ?? fault.through}` : ''),
    client: () => (fault.on === 'client' ? `${fault.action} ${fault.operation}` : ''),
  };
  return { at, client: undefined, what: whom[fault.on](), worker: '', outcome: 'fired', note: '' };
}

const broken: Notes = {
  'lost-update': 'an acknowledged change is gone',
  'duplicate-effect': 'happened more often than asked for',
  'stale-read': 'stale after an acknowledged write',
  'read-your-writes': 'its own write is not there',
  'monotonic-reads': 'went back behind what it had read',
  'ordered-append': 'not one order that grows at its end',
  'read-together': 'lacks what was done before what was seen',
  'item-life': 'not the life of one item',
  pages: 'pages that are not the list',
  totals: 'not what is there',
  'list-order': 'out of order',
  'all-or-nothing': 'a part of one request',
  capped: 'not the newest up to the cap',
  convergence: 'quiet, and still different',
  limit: 'one more than the limit allows',
  'stream-order': 'not a prefix of the answer with one end',
  'truncated-complete': 'cut, and shown as complete',
  'cancel-upstream': 'aborted, and still going on upstream',
  'tenant-isolation': 'text of another tenant',
  'exactly-once': 'not exactly once upstream',
  attempts: 'tried upstream when it was not to be',
  'answer-matches': 'not the answer to this',
  liveness: 'never answered',
  refusals: 'refused without a reason, or done all the same',
  'stream-ends': 'ended without saying how',
  'usage-sums': 'not what was used upstream',
  'task-ends': 'still running',
  'one-holder': 'held by somebody else',
  jobs: 'lost, or delivered too often',
  linearizable: 'no order explains this',
};
