import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says, streamed } from '../../harness/suite/chat.ts';
import { textOf } from '../../harness/suite/event-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

beforeEach(() => needs('chat'));

const clients = Array.from({ length: 40 }, (_, at) => at);

test('40 clients at the same time get their own answers, whole ones and streams', async () => {
  await needsScriptedProvider('gateway');
  await needsModel(langchainModel);
  const answers = await Promise.all(
    clients.map(async (client) => {
      const say = `this is for client ${client}`;
      const model = client % 4 < 2 ? cliModel : langchainModel;
      const body = { model, messages: says(`Hi ${newOperation({ say }).mark}`) };
      return client % 2 === 0
        ? answerIn((await complete('gateway', body)).data)
        : textOf(await streamed('gateway', body));
    }),
  );
  expect(answers).toEqual(clients.map((client) => `this is for client ${client}`));
});

test('clients whose model fails do not disturb the others', async () => {
  await needsScriptedProvider('gateway');
  const answers = await Promise.all(
    clients.map(async (client) => {
      const { mark } = newOperation(client % 2 === 0 ? { say: `fine ${client}` } : { tokens: 30, cut: 5 });
      return await streamed('gateway', { model: cliModel, messages: says(`Hi ${mark}`) });
    }),
  );
  const fine = answers.filter((_, client) => client % 2 === 0);
  const broken = answers.filter((_, client) => client % 2 === 1);
  expect(fine.map(textOf)).toEqual(clients.filter((at) => at % 2 === 0).map((at) => `fine ${at}`));
  expect(broken.filter(({ data }) => data.includes('[DONE]'))).toEqual([]);
});
