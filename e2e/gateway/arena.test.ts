import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { cliModel, langchainModel, says } from '../../harness/suite/chat.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';

beforeEach(() => needs('votes'));

const post = (path: string, body: unknown) =>
  axios.post(`${service('gateway').url}${path}`, body, { timeout: 30_000, validateStatus: () => true });
const battle = () =>
  post('/v1/chat/completions/arena', { model: cliModel, messages: says('What is the capital of France?') });
const vote = (promptId: string, winner: string) =>
  post('/api/arena/vote', { prompt_id: promptId, winner, user_id: randomUUID() });

test('two baselines answer one prompt without saying who they are', async () => {
  await needs('arena');
  await needsModel(langchainModel);
  const { status, data } = await battle();
  expect(status).toBe(200);
  expect(data.prompt_id).toMatch(/^arena-/);
  expect(data.response_a.content).toMatch(/paris/i);
  expect(data.response_b.content).toMatch(/paris/i);
  expect(JSON.stringify(data)).not.toMatch(/baseline/);
});

test('a vote that comes faster than anybody reads is refused with 400', async () => {
  await needs('arena');
  await needsModel(langchainModel);
  const { data } = await battle();
  const { status } = await vote(data.prompt_id, 'A');
  expect(status).toBe(400);
});

test('the first vote uncovers both models, every later one is refused with 409', async () => {
  await needs('arena');
  await needsModel(langchainModel);
  const { data } = await battle();
  const afterReading = async () => {
    const answer = await vote(data.prompt_id, 'tie');
    return answer.status !== 400 && answer;
  };
  const first = await until('the matchup is old enough for a vote', afterReading, 15_000);
  expect(first.status).toBe(200);
  expect([first.data.model_a, first.data.model_b].sort()).toEqual([cliModel, langchainModel]);
  const later = await Promise.all([vote(data.prompt_id, 'A'), vote(data.prompt_id, 'B')]);
  expect(later.map(({ status }) => status)).toEqual([409, 409]);
});

test('a vote on an unknown prompt is refused with 404', async () => {
  const { status } = await vote(`arena-${randomUUID()}`, 'A');
  expect(status).toBe(404);
});

test('a vote for nobody is refused with 422', async () => {
  const { status } = await vote(`arena-${randomUUID()}`, 'C');
  expect(status).toBe(422);
});
