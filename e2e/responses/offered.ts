import { ask } from '../../harness/suite/responses/caller.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

const routes = {
  responses: '/responses',
  'responses-websocket': '/responses',
  conversations: '/conversations',
  'vector-stores': '/vector_stores',
} as const;

/** Skips the running test when a gateway in place of ours answers the route of a feature like one that nobody has. */
export async function needs(...names: readonly (keyof typeof routes)[]): Promise<void> {
  if (service('gateway').ours) return;
  for (const name of names) {
    const { status, body } = await ask('POST', routes[name], {});
    if (status === 404 || status === 405 || status === 501)
      skip(`the gateway does not offer ${name}: ${status} ${JSON.stringify(body).slice(0, 160)}`);
  }
}
