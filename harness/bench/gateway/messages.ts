import { median } from '../statistics.ts';
import { chatBody } from './ask.ts';
import type { Load } from './load.ts';
import type { SubjectName } from './subject.ts';

/** How much more a request of {@link manyMessages} messages takes than one of one, in milliseconds. */
export interface MessagesFigures {
  readonly direct: number;
  readonly bare: number;
  readonly gateway: number;
  /** What the gateway adds to many messages beyond what it adds to one. */
  readonly added: number;
}

export const manyMessages = 400;
const one = { concurrency: 1, stream: false, requests: 150, ms: 2_000 };
const warm = { ...one, requests: 1_000, ms: 60_000 };
const models = { direct: 'scripted', bare: 'scripted', gateway: 'scripted-direct' } as const;

/** Requests of many messages and of one in turn, through nothing, the bare proxy and the gateway. */
export async function measureMessages(
  loads: ReadonlyMap<SubjectName, Load>,
  rounds: number,
): Promise<MessagesFigures> {
  const names = Object.keys(models) as (keyof typeof models)[];
  const bodyOf = (name: keyof typeof models, messages: number) =>
    chatBody(models[name], false, 'What is 2+2?', messages - 1);
  const p50 = async (name: keyof typeof models, messages: number, shape: typeof one) => {
    const { totalsMs } = await (loads.get(name) as Load).block({ ...shape, body: bodyOf(name, messages) });
    return median(totalsMs);
  };
  const more: Record<keyof typeof models, number[]> = { direct: [], bare: [], gateway: [] };
  for (const name of names) {
    await p50(name, manyMessages, warm);
    await p50(name, 1, warm);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names)
      more[name].push((await p50(name, manyMessages, one)) - (await p50(name, 1, one)));
  }
  const [direct, bare, gateway] = [median(more.direct), median(more.bare), median(more.gateway)];
  return { direct, bare, gateway, added: gateway - direct };
}
