import { chatCallsOf, type Journal } from '../journal.ts';
import { invalid, named, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { answerOf } from './answer.ts';

/** No text of one tenant reaches another, nor the model on another's behalf. Source: OWASP LLM02 (2025), sensitive information disclosure. */
export const tenantIsolation: Checker = {
  name: 'tenant-isolation',
  rule: 'No answer, and no request upstream, contains the marker of another tenant.',
  needs: [
    'operations name their tenant, and those that bring text a marker that only this tenant has',
    'all markers begin with the same two or more characters, and no letter or digit follows them at once',
  ],
  check(history, journal) {
    const { operations } = timelineOf(history);
    const markers = new Map<string, Operation>();
    for (const operation of operations) {
      const { marker, tenant } = operation.invoke;
      if (marker === undefined || tenant === undefined) continue;
      const owner = markers.get(marker);
      if (owner && owner.invoke.tenant !== tenant) {
        return notFound('tenant-isolation', 0, `two tenants share the marker "${marker}"`);
      }
      if (!owner) markers.set(marker, operation);
    }
    const find = markerFinder(markers);
    if (typeof find === 'string') return notFound('tenant-isolation', 0, find);
    let counted = 0;
    for (const operation of operations) {
      const { tenant } = operation.invoke;
      if (tenant === undefined) continue;
      counted += 1;
      for (const [where, text] of textsOf(operation, journal)) {
        const owner = find(text, tenant);
        if (!owner) continue;
        const reason = `${where} of ${named(operation)} for ${tenant} has "${owner.invoke.marker}" of ${owner.invoke.tenant}`;
        return invalid('tenant-isolation', { reason, operations: [owner, operation] }, counted);
      }
    }
    return notFound('tenant-isolation', counted);
  },
};

function textsOf(operation: Operation, journal: Journal | undefined): readonly (readonly [string, string])[] {
  const texts: (readonly [string, string])[] = [];
  const answer = answerOf(operation);
  const value = operation.completion?.value;
  if (answer !== undefined) texts.push(['the answer', answer]);
  else if (value !== undefined && value !== null) texts.push(['the answer', JSON.stringify(value)]);
  if (operation.completion?.error !== undefined) texts.push(['the error', operation.completion.error]);
  for (const { requestText } of journal ? chatCallsOf(journal, operation.invoke.op) : []) {
    texts.push(['the request upstream', requestText]);
  }
  return texts;
}

/** Finds the first marker of another tenant in a text, looking where the common beginning of all stands; or why it cannot. */
function markerFinder(
  markers: ReadonlyMap<string, Operation>,
): ((text: string, tenant: string) => Operation | undefined) | string {
  const all = [...markers.keys()];
  if (all.length === 0) return () => undefined;
  const beginning = commonBeginning(all);
  if (beginning.length < 2) return 'the markers do not begin alike';
  // The longest first: the marker of one operation may begin like that of another.
  const lengths = [...new Set(all.map(({ length }) => length))].sort((a, b) => b - a);
  return (text, tenant) => {
    for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
      for (const length of lengths) {
        const owner = markers.get(text.slice(at, at + length));
        if (!owner) continue;
        if (owner.invoke.tenant !== tenant) return owner;
        break;
      }
    }
    return undefined;
  };
}

function commonBeginning([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (length > 0 && other.slice(0, length) !== first.slice(0, length)) length -= 1;
  }
  return first.slice(0, length);
}
