import type { Json } from '../../plan/json.ts';
import type { History } from '../events.ts';
import { callsOf, isAnswered, type Journal } from '../journal.ts';
import { type Operation, timelineOf } from '../timeline.ts';

/** What an account has used; a field that it does not show is absent. */
export type Fields = Readonly<Partial<Record<keyof typeof quantities, number>>>;

/** The fields, and what they count. */
export const quantities = {
  promptTokens: 'prompt tokens',
  completionTokens: 'completion tokens',
  requests: 'requests',
  spend: 'of spend',
} as const;

/** Of one token; without them, spend is not judged. */
export interface Prices {
  readonly promptPrice?: number;
  readonly completionPrice?: number;
}

export interface Account {
  /** What it had used before the calls of the history; undefined where that is not known. */
  readonly base: Fields | undefined;
  /** The most that an operation may see: all that was begun before it ended, with all attempts. */
  asked(seenBy: Operation): { readonly most: Fields; readonly calls: readonly Operation[] };
  /** The least that it must see: what was surely answered so long before it began. */
  answered(
    seenBy: Operation,
    withinMs: number,
  ): { readonly least: Fields; readonly last: readonly Operation[] };
}

/** Numbers of a `usage` answer by their names. */
export function fieldsOf(value: Json | undefined): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([name, amount]) => name in quantities && typeof amount === 'number'),
  );
}

/** The accounts of a history by name. */
export function accountsOf(history: History, journal: Journal, prices: Prices): ReadonlyMap<string, Account> {
  const paid = timelineOf(history).operations.filter(({ invoke }) => invoke.account !== undefined);
  const groups = Map.groupBy(paid, ({ invoke }) => invoke.account as string);
  return new Map(
    [...groups].map(([name, operations]) => {
      const calls = operations.filter(({ invoke }) => invoke.does === 'call');
      const looks = operations.filter(({ invoke }) => invoke.does === 'usage');
      return [name, accountOf(calls, baseOf(history, calls, looks), journal, prices)];
    }),
  );
}

/** Told by the header, or by a look at the account before its first call. */
function baseOf(
  { header }: History,
  calls: readonly Operation[],
  looks: readonly Operation[],
): Fields | undefined {
  const [look] = looks;
  const told = look && header.initial?.[look.invoke.key];
  if (told !== undefined) return told === null ? {} : fieldsOf(told);
  const firstCall = calls[0]?.start ?? Number.POSITIVE_INFINITY;
  const before = looks.findLast(({ outcome, end }) => outcome === 'ok' && end < firstCall);
  return before && fieldsOf(before.completion?.value);
}

function accountOf(
  calls: readonly Operation[],
  base: Fields | undefined,
  journal: Journal,
  prices: Prices,
): Account {
  return {
    base,
    asked: (seenBy) => {
      const begun = calls.filter(({ start }) => start < seenBy.answered);
      const entries = begun.map(({ invoke }) => callsOf(journal, invoke.op));
      // A subject may count what its clients asked for, or what it asked for itself.
      const requests = entries.reduce((sum, { length }) => sum + Math.max(1, length), 0);
      const all = entries.flat();
      if (all.some(({ usage, saysUsage }) => !usage || !saysUsage))
        return { most: { requests }, calls: begun };
      const sum = (name: 'promptTokens' | 'completionTokens') =>
        all.reduce((total, { usage }) => total + (usage?.[name] ?? 0), 0);
      return { most: priced({ requests, ...tokens(sum) }, prices), calls: begun };
    },
    answered: (seenBy, withinMs) => {
      const last = calls.filter(
        ({ invoke, outcome, answered, completion }) =>
          outcome === 'ok' &&
          answered < seenBy.start &&
          (completion?.at ?? Number.POSITIVE_INFINITY) + withinMs <= seenBy.invoke.at &&
          callsOf(journal, invoke.op).some(isAnswered),
      );
      // Of several calls for one answer the smallest is surely paid.
      const sum = (name: 'promptTokens' | 'completionTokens') =>
        last.reduce((total, { invoke }) => {
          const told = callsOf(journal, invoke.op).filter((call) => isAnswered(call) && call.saysUsage);
          return total + (told.length === 0 ? 0 : Math.min(...told.map(({ usage }) => usage?.[name] ?? 0)));
        }, 0);
      return { least: priced({ requests: last.length, ...tokens(sum) }, prices), last };
    },
  };
}

const tokens = (sum: (name: 'promptTokens' | 'completionTokens') => number) => ({
  promptTokens: sum('promptTokens'),
  completionTokens: sum('completionTokens'),
});

function priced(
  fields: { readonly requests: number; readonly promptTokens: number; readonly completionTokens: number },
  { promptPrice, completionPrice }: Prices,
): Fields {
  if (promptPrice === undefined || completionPrice === undefined) return fields;
  return {
    ...fields,
    spend: fields.promptTokens * promptPrice + fields.completionTokens * completionPrice,
  };
}
