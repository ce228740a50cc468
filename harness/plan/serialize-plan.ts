import type { Json } from './json.ts';
import type { Plan } from './plan.ts';

/** The plan as JSON text. The same plan always gives the same text (keys are sorted), so it can be hashed. */
export function serializePlan(plan: Plan): string {
  return `${JSON.stringify(sorted(plan as unknown as Json), null, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
