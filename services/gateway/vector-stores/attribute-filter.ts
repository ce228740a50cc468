import { invalidRequest } from '../responses/request/check.ts';

export type Attributes = Readonly<Record<string, unknown>>;

const maxFilters = 100;

type Compare = (value: unknown, wanted: unknown) => boolean;

const numeric =
  (compare: (value: number, wanted: number) => boolean): Compare =>
  (value, wanted) =>
    typeof value === 'number' && typeof wanted === 'number' && compare(value, wanted);

const comparisons: Readonly<Record<string, Compare>> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  gt: numeric((value, wanted) => value > wanted),
  gte: numeric((value, wanted) => value >= wanted),
  lt: numeric((value, wanted) => value < wanted),
  lte: numeric((value, wanted) => value <= wanted),
  in: (value, wanted) => Array.isArray(wanted) && wanted.includes(value),
  nin: (value, wanted) => Array.isArray(wanted) && !wanted.includes(value),
};

/**
 * A filter of the vector store API (comparisons on one key, joined by `and` and `or`) as a predicate on a file's
 * attributes. Throws 400 for another shape.
 */
export function attributeFilter(filter: unknown, path: string): (attributes: Attributes) => boolean {
  if (filter === undefined || filter === null) return () => true;
  const { type, key, value, filters } = (typeof filter === 'object' ? filter : {}) as Attributes;
  if ((type === 'and' || type === 'or') && Array.isArray(filters) && filters.length <= maxFilters) {
    const parts = filters.map((one, index) => attributeFilter(one, `${path}.filters[${index}]`));
    return (attributes) =>
      type === 'and' ? parts.every((part) => part(attributes)) : parts.some((part) => part(attributes));
  }
  const compare =
    typeof type === 'string' && Object.hasOwn(comparisons, type) ? comparisons[type] : undefined;
  if (compare === undefined || typeof key !== 'string') {
    throw invalidRequest(`Invalid value for '${path}': it is no filter.`, 'invalid_value', path);
  }
  return (attributes) => compare(Object.hasOwn(attributes, key) ? attributes[key] : undefined, value);
}
