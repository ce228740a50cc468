import type { Json } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import { elementsOf, type ValueId, valueId } from '../value.ts';

/**
 * Values that an object cannot have begun with: those of one refused change and of no other operation that began before it, where
 * no value was written twice, so that each is made for its change. True and false can always have been there.
 */
export function refusedValues(operations: readonly Operation[]): ReadonlySet<ValueId> {
  const refused = new Set<ValueId>();
  if (operations.every(({ outcome }) => outcome !== 'fail')) return refused;
  const elsewhere = new Set<ValueId>();
  const asked = new Set<ValueId>();
  let isRepeating = false;
  const note = (value: Json | undefined) => {
    if (!refused.has(valueId(value))) elsewhere.add(valueId(value));
  };
  for (const { invoke, completion, outcome } of operations) {
    const { does, value } = invoke;
    if (does === 'read') note(completion?.value);
    else if (does === 'list') elementsOf(completion?.value).forEach(note);
    else {
      if (does === 'cas') note(invoke.from);
      const id = valueId(value);
      if (does !== 'remove' && does !== 'delete') {
        isRepeating ||= asked.has(id);
        asked.add(id);
      }
      const isOwn = outcome === 'fail' && does !== 'remove' && id !== null && typeof id !== 'boolean';
      if (isOwn && !refused.has(id) && !elsewhere.has(id)) refused.add(id);
      else elsewhere.add(id);
    }
  }
  return isRepeating ? new Set() : new Set([...refused].filter((value) => !elsewhere.has(value)));
}
