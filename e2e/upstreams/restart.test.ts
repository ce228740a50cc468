/** @alone */
import { expect, test } from '@jest/globals';
import { complete, says } from '../../harness/suite/chat.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { until } from '../../harness/suite/until.ts';
import { attemptsOf, models, needsModel } from './upstream-models.ts';

async function ask(directives: Directives = {}) {
  const { id, mark } = newOperation(directives);
  const { status } = await complete('gateway', { model: models.lasting, messages: says(`Hi ${mark}`) });
  return { status, attempts: await attemptsOf(id) };
}

test('a key that rests goes on to rest after a restart of all workers', async () => {
  await needsModel(models.lasting);
  // As long as the gateway of compose.yaml lets any rest.
  const order = { status: 429, retry_after: 20, times: 1 };
  const [resting, working] = await until(
    'a key to refuse and the other to answer',
    async () => {
      const { attempts } = await ask(order);
      return attempts.length === 2 && attempts;
    },
    60_000,
  );
  await restartService('gateway');
  const used = new Set<string | null>();
  for (let n = 0; n < 4; n += 1) for (const { keySha256 } of (await ask()).attempts) used.add(keySha256);
  const restedForMs = Date.now() - (resting?.arrivedAt ?? 0);
  if (restedForMs < 20_000) expect(used).toEqual(new Set([working?.keySha256]));
  else throw new Error(`the restart took ${restedForMs} ms, longer than the key rests`);
}, 180_000);
