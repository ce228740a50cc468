import fc from 'fast-check';
import { type Answer, type Completion, completionOf, type Operation, uuidOf } from '../workload.ts';
import { idOf, valuesOf } from './item-operations.ts';
import { isDone } from './made.ts';
import type { ResourceOperation } from './operation.ts';
import { elementIn, type ResourceRun, strangers } from './run.ts';
import { markerOf } from './values.ts';

/** So many items that are not the intruder's say enough. */
const mostShown = 20;

/**
 * Somebody else reads, changes or deletes an item: nothing of it may be shown or changed. Or lists and searches what is the
 * intruder's own: that is nothing.
 */
export const intrude: ResourceOperation = {
  word: 'intrude',
  weight: 1,
  keys: ['item2'],
  isOffered: () => true,
  args: (_, offered) => {
    const ways = [
      'read',
      ...(offered.has('delete') ? ['delete'] : []),
      'edit',
      'list',
      ...(offered.has('search') ? ['search'] : []),
    ];
    return fc.record({ how: fc.constantFrom(...ways) });
  },
  meaning: (operation) => [
    isLook(operation)
      ? { part: 'intrude', does: 'list', key: strangers, tenant: 'intruder' }
      : {
          part: 'intrude',
          does: 'other',
          key: operation.key,
          tenant: 'intruder',
          ...(operation.step.args.how === 'edit' ? { marker: markerOf(operation.id) } : {}),
        },
  ],
  perform: async (operation, client, run) => {
    const answer = await client.request(intrusion(operation, run));
    if (!isLook(operation)) return intruded(answer);
    if (!isDone(answer)) return completionOf(answer);
    const item = run.api.itemIn(answer, idOf(operation, run));
    const shown = item ? [item] : run.api.itemsIn(answer).slice(0, mostShown);
    return { type: 'ok', parts: { intrude: { value: shown.map((each) => elementIn(run, each)) } } };
  },
};

/** What an intruder is shown is what would be in a collection of its own. */
const isLook = ({ step }: Operation): boolean => ['read', 'list', 'search'].includes(String(step.args.how));

function intrusion(operation: Operation, run: ResourceRun) {
  const { api } = run;
  const intruder = uuidOf(run.nonce, 'intruder');
  const id = idOf(operation, run);
  const { how } = operation.step.args;
  if (how === 'delete') return api.remove(intruder, id);
  if (how === 'list') return api.list(intruder);
  if (how === 'search') return api.search(intruder);
  if (how === 'edit' && api.hasChange) return api.change(intruder, id, valuesOf(operation, run));
  return run.offered.has('read') ? api.read(intruder, id) : api.list(intruder);
}

function intruded(answer: Answer): Completion {
  if (isDone(answer)) return { type: 'ok', parts: { intrude: { value: answer.text.slice(0, 4_000) } } };
  // Refused, as it should be.
  return answer.status < 500 ? { type: 'ok', error: `${answer.status}` } : completionOf(answer);
}
