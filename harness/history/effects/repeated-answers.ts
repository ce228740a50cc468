import { named, type Violation } from '../outcome.ts';
import type { Operation, Timeline } from '../timeline.ts';
import { shown, valueId } from '../value.ts';
import { requestId } from './retries.ts';

/**
 * Repeated requests must get the same answer: the one effect has one id. A cas is left out, since a refusal need not be kept, and
 * so is what only looks.
 */
export function repeatedAnswers({ operations }: Timeline): {
  readonly judged: number;
  readonly violation?: Violation;
} {
  const answers = new Map<string, Operation>();
  let judged = 0;
  for (const operation of operations) {
    const { idempotencyKey, does } = operation.invoke;
    const value = valueId(operation.completion?.value);
    if (idempotencyKey === undefined || value === null || operation.outcome !== 'ok') continue;
    if (does === 'cas' || does === 'read' || does === 'list' || does === 'count') continue;
    const id = requestId(operation);
    const first = answers.get(id);
    if (!first) answers.set(id, operation);
    else {
      judged += 1;
      if (valueId(first.completion?.value) === value) continue;
      const reason = `one idempotency key, two results: ${named(first)} gave ${shown(first.completion?.value)}, ${named(operation)} ${shown(operation.completion?.value)}`;
      return { judged, violation: { reason, operations: [first, operation] } };
    }
  }
  return { judged };
}
