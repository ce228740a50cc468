import { invalidRequest } from './check.ts';

const maxDepth = 100;

/**
 * Refuses JSON that is nested deeper than 100 levels with 400: it would exhaust the stack of whatever walks or writes it
 * again. Level by level, without recursion of its own.
 */
export function refuseDeepNesting(body: unknown): void {
  let level = [body].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) {
      throw invalidRequest(`The request is nested deeper than ${maxDepth} levels.`, 'nesting_too_deep', null);
    }
    const next: object[] = [];
    for (const one of level) for (const value of Object.values(one)) if (isContainer(value)) next.push(value);
    level = next;
  }
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
