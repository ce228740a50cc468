import { openScope, type ScopeClient } from '../workers/client.ts';
import { skip } from './skip.ts';
import { optionalService, setting } from './stack.ts';

/**
 * The scope of the stack, to reach, stop or kill one worker of a service. Close it when the file is done.
 * A test that needs it is skipped where the stack has none (remote services).
 */
export function stackScope(): ScopeClient {
  const scope = optionalService('scope');
  if (!scope) skip('no scope in this stack: single workers cannot be told apart');
  return openScope(scope.url, setting('SCOPE_TOKEN'));
}
