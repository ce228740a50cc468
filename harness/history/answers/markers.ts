import type { Operation } from '../timeline.ts';

/** The markers of all tenants of a history. */
export interface Markers {
  /**
   * The operation that brought the first marker of another tenant in a text. Where the text may be cut, what stands at its end and
   * may be the beginning of one of the tenant's own markers is not another's.
   */
  foreignIn(text: string, tenant: string, isCut: boolean): Operation | undefined;
}

/** Collects markers; or says why tenants cannot be told apart by them. */
export function markersOf(operations: readonly Operation[]): Markers | string {
  const owners = new Map<string, Operation>();
  const tenants = new Set<string>();
  for (const operation of operations) {
    const { marker, tenant } = operation.invoke;
    if (tenant === undefined) continue;
    tenants.add(tenant);
    if (marker === undefined) continue;
    const owner = owners.get(marker);
    if (owner && owner.invoke.tenant !== tenant) return `two tenants share the marker "${marker}"`;
    if (!owner) owners.set(marker, operation);
  }
  const all = [...owners.keys()];
  if (all.length === 0) return 'no operation has a marker';
  if (tenants.size < 2) return 'there are no two tenants';
  const beginning = commonBeginning(all);
  return beginning.length < 2 ? 'the markers do not begin alike' : finder(owners, beginning);
}

/** Looks only where the common beginning of all markers stands. */
function finder(owners: ReadonlyMap<string, Operation>, beginning: string): Markers {
  const all = [...owners];
  // The longest first: the marker of one operation may begin like that of another.
  const lengths = [...new Set(all.map(([{ length }]) => length))].sort((a, b) => b - a);
  const mayBeOwn = (rest: string, tenant: string) =>
    all.some(
      ([marker, { invoke }]) =>
        invoke.tenant === tenant && marker.length > rest.length && marker.startsWith(rest),
    );
  return {
    foreignIn: (text, tenant, isCut) => {
      for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
        for (const length of lengths) {
          const owner = owners.get(text.slice(at, at + length));
          if (!owner) continue;
          if (owner.invoke.tenant === tenant) break;
          if (isCut && mayBeOwn(text.slice(at), tenant)) break;
          return owner;
        }
      }
      return undefined;
    },
  };
}

function commonBeginning([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (length > 0 && other.slice(0, length) !== first.slice(0, length)) length -= 1;
  }
  return first.slice(0, length);
}
