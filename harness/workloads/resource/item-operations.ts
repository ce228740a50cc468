import fc from 'fast-check';
import type { JsonRecord } from '../../plan/json.ts';
import {
  type Answer,
  type Completion,
  completionOf,
  notDone,
  type Operation,
  type PartCompletion,
  type PartMeaning,
} from '../workload.ts';
import type { ResourceDeclaration } from './declaration.ts';
import { isDone } from './made.ts';
import type { Offered } from './offered.ts';
import { about, done, goneCompletion, isGone, life, type ResourceOperation } from './operation.ts';
import { livesOf, type ResourceRun } from './run.ts';
import { markerOf, uniqueValue } from './values.ts';

/** The first more often: operations on one item meet, and read, change and read again. */
const slots = ['item1', 'item1', 'item2'] as const;

const fieldsOf = ({ fields }: ResourceDeclaration): readonly string[] => Object.keys(fields);

const editable = (declaration: ResourceDeclaration, offered: Offered): readonly string[] =>
  fieldsOf(declaration).filter(
    (name) => declaration.fields[name]?.fixed !== true && offered.has(`edit:${name}`),
  );

const lifePart = (operation: Operation, run: ResourceRun, does: 'look' | 'destroy'): PartMeaning => ({
  ...about(operation, run),
  part: life,
  does,
  key: livesOf(run.tenantOf(operation.key)),
  value: operation.key,
});

export const idOf = ({ key }: Operation, { ids }: ResourceRun): string => ids.get(key) ?? '';

/** Fields that an edit is about: those the plan names, as far as the subject lets them be changed; without a word the first. */
function edited({ step }: Operation, { declaration, offered, api }: ResourceRun): readonly string[] {
  const all = editable(declaration, offered);
  if (api.changesAll) return all;
  const { fields } = step.args;
  const named = all.filter((name) => Array.isArray(fields) && fields.includes(name));
  return named.length > 0 ? named : all.slice(0, 1);
}

export const valuesOf = (operation: Operation, run: ResourceRun): JsonRecord =>
  Object.fromEntries(
    edited(operation, run).flatMap((name) => {
      const field = run.declaration.fields[name];
      return field ? [[name, uniqueValue(name, field, operation.id)]] : [];
    }),
  );

/** Changes some fields. What the answer shows of the others is a read of them. */
export const edit: ResourceOperation = {
  word: 'edit',
  weight: 5,
  keys: slots,
  isOffered: (declaration, offered) => editable(declaration, offered).length > 0,
  args: (declaration, offered) => {
    const names = editable(declaration, offered);
    const choices = [...names.map((name) => [name]), ...(names.length > 1 ? [names] : [])];
    return fc.record({ fields: fc.constantFrom(...choices) });
  },
  meaning: (operation, run) => {
    const names = edited(operation, run);
    const others = fieldsOf(run.declaration).filter(
      (name) => !names.includes(name) && run.offered.has(`told:${name}`),
    );
    const values = valuesOf(operation, run);
    const on = about(operation, run);
    return [
      ...names.map((part): PartMeaning => {
        const marker = run.texts.includes(part) ? { marker: markerOf(operation.id) } : {};
        return {
          ...on,
          part,
          does: 'write',
          key: `${on.key}.${part}`,
          value: values[part] ?? null,
          ...marker,
        };
      }),
      ...others.map((part): PartMeaning => ({ ...on, part, does: 'read', key: `${on.key}.${part}` })),
      lifePart(operation, run, 'look'),
    ];
  },
  perform: async (operation, client, run) =>
    changed(operation, run, await client.request(change(operation, run))),
};

const change = (operation: Operation, run: ResourceRun, etag?: string) =>
  run.api.change(run.ownerOf(operation.key), idOf(operation, run), valuesOf(operation, run), etag);

function changed(operation: Operation, run: ResourceRun, answer: Answer): Completion {
  if (isGone(answer)) return goneCompletion(answer);
  if (!isDone(answer)) return completionOf(answer);
  const names = edited(operation, run);
  const isTold = fieldsOf(run.declaration).some((name) => run.offered.has(`told:${name}`));
  const item = isTold ? run.api.itemIn(answer, idOf(operation, run)) : undefined;
  const reads = fieldsOf(run.declaration).filter((name) => !names.includes(name));
  const untold: PartCompletion = { type: 'unknown', error: 'the answer does not show it' };
  return done({
    ...Object.fromEntries(
      reads.map((name) => [name, item?.[name] === undefined ? untold : { value: item[name] }]),
    ),
    [life]: { value: true },
  });
}

/** Changes one field if nobody has changed the item since it was last seen (RFC 9110 §13.1.1). */
export const editIf: ResourceOperation = {
  word: 'edit-if',
  weight: 4,
  keys: slots,
  isOffered: (declaration, offered) =>
    declaration.etag === true && offered.has('etag') && offered.has('read'),
  meaning: (operation, run) => {
    const on = about(operation, run);
    const seen = run.tags.get(operation.key);
    const [part = ''] = edited(operation, run);
    const from = seen?.item[part];
    if (from === undefined) return [{ ...on, part: 'none', does: 'other' }];
    run.tags.set(operation.id, seen as NonNullable<typeof seen>);
    const value = valuesOf(operation, run)[part] ?? null;
    const marker = { marker: markerOf(operation.id) };
    return [
      { ...on, part, does: 'cas', key: `${on.key}.${part}`, from, value, ...marker },
      lifePart(operation, run, 'look'),
    ];
  },
  perform: async (operation, client, run) => {
    const seen = run.tags.get(operation.id);
    if (!seen) throw notDone('no ETag was seen yet');
    const answer = await client.request(change(operation, run, seen.etag));
    // Another field may have changed: a refusal says nothing of this one.
    if (answer.status === 412) return { type: 'fail', error: '412' };
    return changed(operation, run, answer);
  },
};

/** A way to look at an item: by its own route, in the list of all, or among those found by a word. */
function look(
  word: 'read' | 'find' | 'search',
  weight: number,
  feature: string,
  isOffered: ResourceOperation['isOffered'],
): ResourceOperation {
  const shown = ({ declaration, offered }: ResourceRun) => {
    // A subject without a route for one item is read by its list.
    const source = feature === 'read' && !offered.has('read') ? 'find' : feature;
    return { source, names: fieldsOf(declaration).filter((name) => offered.has(`${source}:${name}`)) };
  };
  return {
    word,
    reads: true,
    weight,
    keys: slots,
    isOffered,
    meaning: (operation, run) => {
      const on = about(operation, run);
      const reads = shown(run).names.map(
        (part): PartMeaning => ({ ...on, part, does: 'read', key: `${on.key}.${part}` }),
      );
      return [...reads, lifePart(operation, run, 'look')];
    },
    perform: async (operation, client, run) => {
      const { api } = run;
      const { source, names } = shown(run);
      const owner = run.ownerOf(operation.key);
      const id = idOf(operation, run);
      const others = [...run.ids.values()].filter((other) => other !== id);
      const request = { read: api.read(owner, id, others), find: api.list(owner), search: api.search(owner) }[
        source
      ];
      const answer = await client.request(request ?? api.list(owner));
      if (!isDone(answer) && !(source === 'read' && isGone(answer))) return completionOf(answer);
      const item = isDone(answer) ? api.itemIn(answer, id) : undefined;
      const { etag } = answer.headers;
      if (item && source === 'read' && typeof etag === 'string') run.tags.set(operation.key, { etag, item });
      const values = names.map((name) => [name, { value: item?.[name] ?? null }]);
      return done({ ...Object.fromEntries(values), [life]: { value: item !== undefined } });
    },
  };
}

export const read = look('read', 5, 'read', () => true);
export const find = look('find', 2, 'find', (declaration, offered) =>
  fieldsOf(declaration).some((name) => offered.has(`find:${name}`)),
);
export const search = look(
  'search',
  1,
  'search',
  (declaration, offered) => declaration.search !== undefined && offered.has('search'),
);

/** Deletes an item: its fields are nothing from then on. */
export const remove: ResourceOperation = {
  word: 'delete',
  weight: 1,
  keys: slots,
  isOffered: (_, offered) => offered.has('delete'),
  meaning: (operation, run) => {
    const on = about(operation, run);
    const fields = fieldsOf(run.declaration).filter(
      (name) => run.offered.has(`find:${name}`) || run.offered.has(`read:${name}`),
    );
    return [
      ...fields.map((part): PartMeaning => ({ ...on, part, does: 'delete', key: `${on.key}.${part}` })),
      lifePart(operation, run, 'destroy'),
    ];
  },
  perform: async (operation, client, run) => {
    const answer = await client.request(run.api.remove(run.ownerOf(operation.key), idOf(operation, run)));
    return removed(run, answer);
  },
};

/** What the answer to a deletion says. */
export function removed({ declaration }: ResourceRun, answer: Answer): Completion {
  const isOnce = declaration.deletes !== 'always';
  if (isDone(answer)) return done(isOnce ? { [life]: { value: true } } : {});
  return isGone(answer) && isOnce ? goneCompletion(answer) : completionOf(answer);
}
