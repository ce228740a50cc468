import type { Fault } from '../../plan/fault.ts';
import type { FaultEvent, History } from '../events.ts';
import { type Operation, timelineOf } from '../timeline.ts';

/** What a fault has broken may take so long to heal: pools, respawned workers, answers on their way. */
const healingMs = 3_000;
/** A killed process is noted when it is seen to be gone, which may take its bound twice. */
const notedLateMs = 500;

const changesText = ['duplicate', 'reorder', 'malformed', 'cut-in-character'];

interface Window {
  readonly from: number;
  readonly to: number;
}

/** What the faults of a history may have had a part in; generous, since a subject is not to blame for them. */
export interface FaultsNear {
  /** Whether a fault, or the planned conduct of its client, may explain what became of an operation. */
  explains(operation: Operation): boolean;
  /** The same of faults that break something: bytes that come late or in small pieces are all there. */
  excuses(operation: Operation): boolean;
  /** Whether a fault of a process, or one on its way, may hold back from `from` on the end of what its client is being sent. */
  holds(operation: Operation, from: number): boolean;
  /** Whether a fault of anything but its client was felt between its beginning and `until` (default: its end). */
  disturbed(operation: Operation, until?: number): boolean;
  /** Whether anything but a client's own conduct may have been disturbed before a time. */
  begunBefore(at: number): boolean;
  /** Whether a fault changed bytes of the operation's answer on their way. */
  changedText(operation: Operation): boolean;
  /** Whether all faults are known to be aimed at other operations: at their clients, or at their way upstream. */
  allElsewhere(operation: Operation): boolean;
  /** Whether a fault stood on the way to the client itself, so that the subject did not end what ended there. */
  cutAtClient(operation: Operation): boolean;
}

/** A process that was held or started again goes on by then, whatever it still has to do. */
const resumedMs = 2_000;

const calm: FaultsNear = {
  explains: () => false,
  excuses: () => false,
  holds: () => false,
  disturbed: () => false,
  begunBefore: () => false,
  changedText: () => false,
  allElsewhere: () => true,
  cutAtClient: () => false,
};
const known = new WeakMap<History, FaultsNear>();

/** Asked again for the same history, it gives the same answer at once. */
export function faultsNear(history: History): FaultsNear {
  let near = known.get(history);
  if (!near) {
    near = look(history);
    known.set(history, near);
  }
  return near;
}

function look(history: History): FaultsNear {
  const events: FaultEvent[] = [];
  for (const event of history.events) if (event.type === 'fault') events.push(event);
  const planned = history.header.faults ?? [];
  if (events.length === 0 && planned.length === 0) return calm;
  const byId = Map.groupBy(events, ({ id }) => id);
  // A planned fault without an event may have happened without leaving a proof: then it may explain everything.
  const isUnseen = planned.some((id) => !byId.has(id));
  const groups = [...byId.values()];
  const windows = groups.flatMap((group) => windowOf(group, history) ?? []);
  const faults = groups.flatMap(([first]) => (first ? [first.fault] : []));
  const onStreams = (isWanted: (fault: Fault & { on: 'stream' }) => boolean, { invoke }: Operation) =>
    isUnseen ||
    faults.some((fault) => fault.on === 'stream' && isWanted(fault) && concerns(fault, invoke.op) !== false);
  const disturbed: FaultsNear['disturbed'] = (
    { invoke, completion },
    until = completion?.at ?? Number.POSITIVE_INFINITY,
  ) => isUnseen || windows.some(({ from, to }) => from <= until && invoke.at <= to);
  const breaking = groups.filter(([first]) => !isHarmless(first?.fault));
  const breakingWindows = breaking.flatMap((group) => windowOf(group, history) ?? []);
  const processWindows = groups
    .filter(([first]) => first && ['worker', 'service', 'link'].includes(first.fault.on))
    .flatMap((group) => windowOf(group, history) ?? []);
  const near = (those: readonly Window[], { invoke, completion }: Operation) =>
    those.some(({ from, to }) => from <= (completion?.at ?? Number.POSITIVE_INFINITY) && invoke.at <= to);
  return {
    explains: (operation) =>
      disturbed(operation) || faults.some((fault) => concerns(fault, operation.invoke.op)),
    excuses: (operation) =>
      isUnseen ||
      near(breakingWindows, operation) ||
      breaking.some(([first]) => first && concerns(first.fault, operation.invoke.op)),
    holds: (operation, from) =>
      isUnseen ||
      processWindows.some(({ to }) => from <= to + resumedMs) ||
      faults.some(
        (fault) =>
          (fault.on === 'client' && concerns(fault, operation.invoke.op)) ||
          (fault.on === 'stream' &&
            fault.link?.startsWith('client>') &&
            concerns(fault, operation.invoke.op) !== false),
      ),
    disturbed,
    begunBefore: (at) => isUnseen || windows.some(({ from }) => from <= at),
    changedText: (operation) => onStreams(({ effect }) => changesText.includes(effect.kind), operation),
    allElsewhere: ({ invoke }) =>
      !isUnseen && faults.every((fault) => isUpstreamOrClient(fault) && concerns(fault, invoke.op) === false),
    cutAtClient: (operation) =>
      onStreams(
        ({ through, link = 'client>' }) => through === 'wire' && link.startsWith('client>'),
        operation,
      ),
  };
}

const isHarmless = (fault: Fault | undefined): boolean =>
  (fault?.on === 'stream' && fault.effect.kind === 'slice') ||
  (fault?.on === 'link' && fault.action === 'lag');

const isUpstreamOrClient = (fault: Fault): boolean =>
  fault.on === 'client' || (fault.on === 'stream' && fault.link?.startsWith('client>') !== true);

/** Whether a fault is aimed at an operation; undefined where it is not aimed at operations. Ids in plans have no nonce yet. */
function concerns(fault: Fault, op: string): boolean | undefined {
  const target = targetOf(fault);
  return target === undefined ? undefined : op === target || op.startsWith(`${target}-`);
}

function targetOf(fault: Fault): string | undefined {
  if (fault.on === 'client') return fault.operation;
  return fault.on === 'stream' && 'operation' in fault.target ? fault.target.operation : undefined;
}

/** When a fault may have been felt; clients' own conduct is felt by their operation alone. */
function windowOf(group: readonly FaultEvent[], history: History): Window | undefined {
  const [first] = group;
  if (!first || first.fault.on === 'client') return undefined;
  const { fault } = first;
  const firedAt = group.find(({ state }) => state === 'fired')?.at ?? Number.NEGATIVE_INFINITY;
  const revertedAt = group.find(({ state }) => state === 'reverted')?.at ?? Number.POSITIVE_INFINITY;
  if (fault.on !== 'stream')
    return { from: firedAt - 2 * fault.revertAfterMs - notedLateMs, to: revertedAt + healingMs };
  // One of a stream stands from before its operation on, and is over at the latest with its bound.
  const endsAt = Math.min(revertedAt, Math.max(firedAt, first.at) + fault.revertAfterMs);
  const hit = timelineOf(history).operations.filter(({ invoke }) => concerns(fault, invoke.op));
  if (hit.length === 0) return { from: Number.NEGATIVE_INFINITY, to: endsAt + healingMs };
  const begun = Math.min(firedAt, ...hit.map(({ invoke }) => invoke.at));
  const ended = Math.max(endsAt, ...hit.map(({ completion, invoke }) => (completion ?? invoke).at));
  return { from: begun, to: ended + healingMs };
}
