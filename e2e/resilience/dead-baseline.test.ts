/** @alone */
import { expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says } from '../../harness/suite/chat.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';

const ask = (model: string) => complete('gateway', { model, messages: says('What is 2+2?') });

test('while a baseline is down the gateway says so, invents nothing, and the other one answers', async () => {
  service('gateway');
  let isBack = false;
  const restart = restartService('baseline-langchain').finally(() => {
    isBack = true;
  });
  restart.catch(() => undefined);
  const refused: Awaited<ReturnType<typeof ask>>[] = [];
  const others: Awaited<ReturnType<typeof ask>>[] = [];
  const askBoth = async () => {
    const [dead, other] = await Promise.all([ask(langchainModel), ask(cliModel)]);
    if (dead.status !== 200) refused.push(dead);
    others.push(other);
    return isBack;
  };
  await until('the baseline is back', askBoth, 120_000);
  await restart;
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ status }) => ![502, 503, 504].includes(status))).toEqual([]);
  expect(refused.filter(({ data }) => data.choices !== undefined || !data.error?.message)).toEqual([]);
  expect(others.filter(({ status, data }) => status !== 200 || !answerIn(data).includes('4'))).toEqual([]);
}, 150_000);

test('once it is back, the gateway uses it again', async () => {
  service('baseline-langchain');
  const { status, data } = await ask(langchainModel);
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('4');
});
