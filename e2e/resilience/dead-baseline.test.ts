/** @alone */
import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says } from '../../harness/suite/chat.ts';
import { innards } from '../../harness/suite/innards.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsBaselineBehind } from '../../harness/suite/offered/one-stack.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { until } from '../../harness/suite/until.ts';

beforeEach(() => needs('chat'));

const ask = (model: string) => complete('gateway', { model, messages: says('What is 2+2?') });

test('while a baseline is down the gateway says so without its address, invents nothing, and the other one answers', async () => {
  await needsBaselineBehind('baseline-langchain', langchainModel);
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
  expect(refused.filter(({ data }) => data.choices !== undefined)).toEqual([]);
  expect(refused.filter(({ data }) => innards.test(JSON.stringify(data)))).toEqual([]);
  convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
    expect(refused.filter(({ data }) => !data.error?.message)).toEqual([]),
  );
  expect(others.filter(({ status, data }) => status !== 200 || !answerIn(data).includes('4'))).toEqual([]);
}, 150_000);

test('once it is back, the gateway uses it again', async () => {
  await needsModel(langchainModel);
  const { status, data } = await ask(langchainModel);
  expect(status).toBe(200);
  expect(answerIn(data)).toContain('4');
});
