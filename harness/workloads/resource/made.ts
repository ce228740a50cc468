import { gauntletError } from '../../errors.ts';
import type { Answer, Client, ClientRequest } from '../workload.ts';
import type { Made, ResourceApi } from './api.ts';

/**
 * Makes items outside of the history.
 * @throws GauntletError GNT_SUBJECT_IDLE when it was acknowledged and there are none; Error that shows a refusal
 */
export async function made(
  api: ResourceApi,
  client: Client,
  request: ClientRequest,
): Promise<readonly Made[]> {
  const answer = await client.request(request);
  const items = isDone(answer) ? api.madeIn(answer) : [];
  if (items.length > 0) return items;
  if (isDone(answer))
    throw gauntletError('GNT_SUBJECT_IDLE', `${request.method} ${request.path}`, answer.text.slice(0, 300));
  throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 300)}`);
}

/** The ids of elements, in their order: told by their markers; by their places where the answer shows no texts. */
export function idsOf(items: readonly Made[], elements: readonly string[]): readonly (string | undefined)[] {
  const isTold = items.some(({ text }) => text.includes('<#'));
  return elements.map((element, index) =>
    isTold ? items.find(({ text }) => text.includes(element))?.id : items[index]?.id,
  );
}

export const isDone = ({ status }: Answer): boolean => status >= 200 && status < 300;
