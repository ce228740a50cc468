import { Type } from 'typebox';
import { invalidRequest } from '../request/check.ts';

export const pageQuery = Type.Object({
  after: Type.Optional(Type.String({ description: 'Id of the item before the page' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')], { default: 'desc' })),
});

/** A page of a list as the OpenAI API gives it, newest first unless asked otherwise. */
export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** Reads `limit` and `order`; throws 400 for values out of range. */
export function readPaging(query: Readonly<Record<string, unknown>>) {
  const { limit = '20', order = 'desc', after } = query;
  if (typeof limit !== 'string' || !/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    throw invalidRequest("Invalid value for 'limit': it must be from 1 to 100.", 'invalid_value', 'limit');
  }
  if (order !== 'asc' && order !== 'desc') {
    throw invalidRequest("Invalid value for 'order': it must be asc or desc.", 'invalid_value', 'order');
  }
  return { limit: Number(limit), order, after: typeof after === 'string' ? after : undefined } as const;
}

/** The page of `items` (oldest first) that the query asks for; throws 400 for an `after` that is not among them. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  query: Readonly<Record<string, unknown>>,
): Page<T> {
  const { limit, order, after } = readPaging(query);
  const ordered = order === 'asc' ? items : items.toReversed();
  const at = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && at < 0) {
    throw invalidRequest("Invalid value for 'after': no item has this id.", 'invalid_value', 'after');
  }
  const rest = ordered.slice(at + 1);
  return listOf(rest.slice(0, limit), rest.length > limit);
}

export const listOf = <T extends { readonly id: string }>(data: readonly T[], hasMore: boolean): Page<T> => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});
