import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postForStream, textOf } from '../../harness/suite/event-stream.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { type Admin, newPerson, type Person, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ask, listedModels, newChat } from '../../harness/suite/open-webui/chat.ts';
import { ImportedPipes, newPipeId, pipeText, probeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';

let admin: Admin;
let person: Person;
let pipes: ImportedPipes;
let workers: EveryWorker;
let pipe: string;
let early: string;
let late: string;
let desk: string;
let weather: string;

/** A pipe whose model has two filters and an action: none of them is global, as other files use the server too. */
beforeAll(async () => {
  admin = await signIn();
  person = await newPerson(admin);
  pipes = new ImportedPipes(admin);
  const probe = await pipes.add('probe', probeText());
  pipe = await pipes.add('kit', pipeText('kit_pipe'));
  late = await pipes.add('late', pipeText('marking_filter'));
  early = await pipes.add('early', pipeText('marking_filter'));
  desk = await pipes.add('desk', pipeText('desk_action'));
  await setValves(late, { priority: 5, MARK: 'late' });
  await setValves(early, { priority: -5, MARK: 'early' });
  const model = { id: pipe, name: pipe, base_model_id: null, params: {} };
  const meta = { filterIds: [late, early], actionIds: [desk] };
  const made = await admin.post('/api/v1/models/create', { ...model, meta });
  if (made.status !== 200)
    throw new Error(`the model of ${pipe}: ${made.status} ${JSON.stringify(made.data)}`);
  weather = newPipeId('weather');
  const tool = {
    id: weather,
    name: weather,
    content: pipeText('weather_tool'),
    meta: { description: 'of a suite' },
  };
  const imported = await admin.post('/api/v1/tools/create', tool);
  if (imported.status !== 200)
    throw new Error(`the tool: ${imported.status} ${JSON.stringify(imported.data)}`);
  workers = await everyWorker(person.client, probe);
}, 120_000);
afterAll(async () => {
  await workers?.close();
  await admin?.post('/api/v1/models/model/delete', { id: pipe });
  await admin?.delete(`/api/v1/tools/id/${weather}/delete`);
  await person?.remove();
  await pipes?.removeAll();
});

const inEveryWorker = <T>(what: (worker: Admin) => Promise<T>) => Promise.all(workers.admins.map(what));

async function setValves(id: string, valves: object): Promise<void> {
  const { status } = await admin.post(`/api/v1/functions/id/${id}/valves/update`, valves);
  if (status !== 200) throw new Error(`valves of ${id}: ${status}`);
}

const press = (worker: Admin, content: string) =>
  worker.post<{ pid: number; id: string; email: string; pressed_on: string; detail?: string }>(
    `/api/chat/actions/${desk}`,
    { model: pipe, messages: [{ role: 'assistant', content }], chat_id: 'local:x', session_id: 'x', id: 'x' },
  );

// covers 000/open-webui-pipe-import
test('filters change what goes in, in the order of their priorities, in every worker', async () => {
  const asked = workers.admins.map(() => newOperation({ say: 'filtered' }));
  await Promise.all(workers.admins.map((worker, at) => ask(worker, pipe, `Hi ${asked[at]?.mark}`)));
  const sent = await Promise.all(
    asked.map(async ({ id }) => (await journalOf(id))[0]?.messages.at(-1)?.text),
  );
  expect(sent).toEqual(sent.map(() => expect.stringMatching(/<in early plain> <in late plain>$/)));
});

// covers 000/upstream-streaming
test('filters change each piece of a stream as it passes, and lose none', async () => {
  const { mark } = newOperation({ tokens: 5 });
  const body = { model: pipe, messages: [{ role: 'user', content: `Hi ${mark}` }], stream: true };
  const streams = await inEveryWorker(({ defaults }) =>
    postForStream({
      url: `${admin.defaults.baseURL}/api/chat/completions`,
      headers: { authorization: String(defaults.headers.Authorization) },
      body,
    }),
  );
  expect(streams.map(textOf)).toEqual(streams.map(() => 'w1 w2<late><early> w3 w4 w5'));
});

// covers 000/open-webui-pipe-import
test('a filter that refuses a question does so before the provider has seen it', async () => {
  const { id, mark } = newOperation();
  const said = await inEveryWorker((worker) => ask(worker, pipe, `refuse me ${mark}`).catch(String));
  expect(said).toEqual(said.map(() => expect.stringMatching(/400.*early refuses/)));
  expect(await journalOf(id)).toEqual([]);
});

// covers 000/open-webui-pipe-import
test('an action is a button of its model, and answers in every worker by whoever pressed it', async () => {
  const { data } = await admin.get<{ data: { id: string; actions?: { id: string }[] }[] }>('/api/models');
  expect(data.data.find(({ id }) => id === pipe)?.actions?.map(({ id }) => id)).toEqual([desk]);
  await inEveryWorker(listedModels);
  const pressed = await inEveryWorker((worker) => press(worker, 'an answer'));
  expect(pressed.map(({ data: answer }) => answer)).toEqual(
    pressed.map(() => ({ pid: expect.any(Number), id: desk, email: person.email, pressed_on: 'an answer' })),
  );
  expect(new Set(pressed.map(({ data: answer }) => answer.pid)).size).toBe(workers.admins.length);
  const broken = await inEveryWorker((worker) => press(worker, 'break'));
  expect(broken.map(({ status, data: answer }) => [status, answer.detail])).toEqual(
    broken.map(() => [400, expect.stringContaining('the action broke')]),
  );
});

// covers 000/open-webui-pipe-import
test('an action that was switched off through one worker is refused by the other', async () => {
  const [first = admin, second = admin] = workers.admins;
  expect((await first.post(`/api/v1/functions/id/${desk}/toggle`)).data.is_active).toBe(false);
  expect((await press(second, 'an answer')).status).toBe(400);
  expect((await second.post(`/api/v1/functions/id/${desk}/toggle`)).data.is_active).toBe(true);
  expect((await press(first, 'an answer')).status).toBe(200);
});

// covers 000/open-webui-pipe-import
test('a tool reaches the pipe that is asked with it, in every worker, and its new text too', async () => {
  const forms = await pipes.add('forms', pipeText('forms_pipe'));
  await inEveryWorker(listedModels);
  const askWithTool = (worker: Admin) =>
    worker
      .post('/api/chat/completions', {
        ...{ model: `${forms}.tools`, stream: false, tool_ids: [weather] },
        messages: [{ role: 'user', content: 'What is the weather?' }],
      })
      .then(({ data }) => data.choices?.[0]?.message.content);
  expect(await inEveryWorker(askWithTool)).toEqual(workers.admins.map(() => '{"weather": "Oslo is dry"}'));
  const [first = admin] = workers.admins;
  const content = pipeText('weather_tool').replace('is dry', 'is wet');
  const tool = { id: weather, name: weather, content, meta: { description: 'of a suite' } };
  expect((await first.post(`/api/v1/tools/id/${weather}/update`, tool)).status).toBe(200);
  expect(await inEveryWorker(askWithTool)).toEqual(workers.admins.map(() => '{"weather": "Oslo is wet"}'));
});

// covers 000/open-webui-pipe-import
// covers 000/upstream-streaming
test('what a filter makes of the whole answer is kept in the chat, whichever worker wrote it and whichever reads', async () => {
  const chat = await newChat(person.client);
  const [first = admin, second = admin] = workers.admins;
  const ask = async (asker: Admin, reader: Admin, tokens: number) => {
    const text = `Hi ${newOperation({ tokens }).mark}`;
    return await (await chat.ask(asker, { model: pipe, text })).kept(reader, /<out late>/);
  };
  const answers = [await ask(first, second, 3), await ask(second, first, 2)];
  const marked = ['w1 w2<late><early> w3', 'w1 w2<late><early>'].map(
    (text) => `${text} <out early> <out late>`,
  );
  expect(answers).toEqual(marked);
  await chat.remove();
});

// covers 000/open-webui-pipe-import
test('a model calls a tool through Open WebUI: it is offered, called once, and its result goes back', async () => {
  const chat = await newChat(person.client);
  const [first = admin, second = admin] = workers.admins;
  const { id, mark } = newOperation({ tool: 'weather' });
  const question = { model: 'scripted', toolIds: [weather], text: `The weather of Oslo? ${mark}` };
  expect(await (await chat.ask(second, question)).kept(first)).not.toBe('');
  const entries = await journalOf(id);
  expect(entries.map(({ tools }) => tools?.includes('weather'))).toEqual([true, true]);
  const results = entries.map(({ messages }) =>
    messages.filter(({ role }) => role === 'tool').map(({ text }) => text),
  );
  expect(results).toEqual([[], [expect.stringMatching(/ is (?:dry|wet)/)]]);
  await chat.remove();
});
