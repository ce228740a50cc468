import { ask } from '../responses/caller.ts';
import { skip } from '../skip.ts';
import { optionalService } from '../stack.ts';

/** For models that compose.yaml sets up for one purpose: skips the running test where the gateway does not offer it. */
export async function needsListed(model: string): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  const { status, body } = await ask('GET', '/models');
  const listed = status === 200 && body.data?.some(({ id }: { id?: string }) => id === model);
  if (!listed) skip(`the gateway does not offer ${model}: GET /v1/models answered ${status} without it`);
}
