import type { Fault } from '../fault.ts';
import type { Step } from '../plan.ts';
import type { OperationShape } from '../workload-shape.ts';
import type { Draft, Phases } from './draft.ts';
import type { FaultItem } from './fault-ground.ts';
import { kindOf, meet } from './pair-ground.ts';

/** Stream faults that stand in one plan, each on an operation of its own. */
const streamFaultsPerPlan = 3;

/** A fault, and the change after which it comes. */
interface Disturbance extends FaultItem {
  readonly change?: OperationShape;
}

/** Every fault with operations under it that it can hit, and something afterwards that shows what is left. */
export function faultPlans(
  draft: Draft,
  faults: readonly FaultItem[],
  lastReads: ReadonlySet<string>,
): readonly Phases[] {
  const { operations, clients } = draft.shape;
  const streams = operations.filter(({ stream }) => stream);
  const wholes = operations.filter(({ whole }) => whole);
  const others = operations.filter((operation) => !streams.includes(operation));
  const changes = others.filter((operation) => kindOf(operation, lastReads) === 'change');
  const reads = others.filter((operation) => kindOf(operation, lastReads) === 'read');
  const ofMany = <T>(list: readonly T[], index: number): readonly T[] =>
    list.length > 0 ? list.slice(index % list.length, (index % list.length) + 1) : [];
  const plans: Phases[] = [];
  let group: Disturbance[] = [];
  const close = () => {
    if (group.length === 0) return;
    const index = plans.length;
    const steps: Step[] = group.flatMap((item, client) => {
      const [stream] = ofMany(streams, index + client);
      const { change } = item;
      const under = change
        ? [
            change,
            ...ofMany(
              reads.filter((read) => meet(change, read)),
              index,
            ),
          ]
        : item.whole
          ? ofMany(wholes, index + client)
          : item.streamed && stream
            ? [stream]
            : [...ofMany(changes, index), ...ofMany(reads, index), ...streams].slice(0, 3);
      const key = draft.keyOf(under, new Set());
      const { fault } = item.aim('');
      const link = linkOf(fault);
      const own = (under.length > 0 ? under : operations.slice(0, 1)).map((operation, at) =>
        // A fault of a worker hits the first, which is where they are.
        draft.operation(
          { operation, worker: draft.workersFor(operation)[0] },
          change ? client + 1 : client + at + 1,
          key,
          link,
        ),
      );
      return [draft.fault(item, own[0]?.id ?? '', own[1]?.id), ...own];
    });
    // What is not hit goes on beside it, through the worker that is or through another one, and afterwards.
    const beside = ofMany(streams.length > 0 ? streams : reads, index + 1).map((operation) =>
      draft.operation(
        { operation, worker: draft.workersFor(operation).at(index % 2 === 0 ? 0 : -1) },
        draft.shape.clients,
        draft.keyOf([operation], new Set()),
      ),
    );
    const later = [...ofMany(changes, index + 1), ...ofMany(reads, index + 1)];
    const laterKey = draft.keyOf(later, new Set());
    const after = later.map((operation, at) =>
      draft.operation({ operation, worker: draft.workersFor(operation)[at] }, 1, laterKey),
    );
    plans.push([[...steps, ...beside], ...(after.length > 0 ? [after] : [])]);
    group = [];
  };
  const most = Math.max(
    1,
    Math.min(streamFaultsPerPlan, draft.shape.maxFaults ?? streamFaultsPerPlan, clients - 1),
  );
  const all = faults.flatMap((item): readonly Disturbance[] =>
    item.between ? changes.map((change) => ({ ...item, change })) : [item],
  );
  for (const item of all) {
    const { fault } = item.aim('');
    const isSmall = fault.on === 'stream' || fault.on === 'client';
    // Beside a broken link nobody can say whether a hang-up was passed on.
    const fits = isSmall && (group[0] === undefined || group[0].aim('').fault.on === fault.on);
    if (!fits || group.length >= most) close();
    group.push(item);
    if (!isSmall) close();
  }
  close();
  return plans;
}

/** Over which link an operation must come to meet the fault. */
function linkOf(fault: Fault): string | undefined {
  if (fault.on === 'stream') return fault.link;
  return fault.on === 'worker' && typeof fault.worker === 'object' ? fault.worker.link : undefined;
}
