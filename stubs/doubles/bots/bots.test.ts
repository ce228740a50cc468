import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createServer } from '../server.ts';

let server: ReturnType<typeof createServer>;
beforeAll(() => {
  server = createServer({ providerUrl: 'http://127.0.0.1:9', log: pino({ level: 'silent' }) });
});
afterAll(() => server.close());

const token = '4242:double-telegram-token';
const call = async (method: string, payload: object = {}, bot = token) =>
  (await server.inject({ method: 'POST', url: `/telegram/bot${bot}/${method}`, payload })).json();
const say = async (platform: string, payload: object) =>
  (await server.inject({ method: 'POST', url: `/${platform}/people/say`, payload })).json();
let chats = 0;
const newChat = () => String(-1000 - ++chats);

test('a bot of Telegram without its token is nobody', async () => {
  expect(await call('getMe')).toMatchObject({ ok: true, result: { is_bot: true } });
  expect(await call('getMe', {}, '1:wrong')).toMatchObject({ ok: false, error_code: 401 });
});

test('Telegram gives messages of people from the offset on, until they are acknowledged by it', async () => {
  const chat = newChat();
  const { id: first } = await say('telegram', { chat, text: 'one' });
  const { id: second } = await say('telegram', { chat, text: 'two', thread: '5', replyTo: first });
  const ids = async (offset: number) =>
    (await call('getUpdates', { offset })).result.map((update: { update_id: number }) => update.update_id);
  expect(await ids(first)).toEqual([first, second]);
  expect(await ids(second)).toEqual([second]);
  expect(await ids(second + 1)).toEqual([]);
  const [update] = (await call('getUpdates', { offset: second })).result;
  expect(update.message).toMatchObject({
    text: 'two',
    message_thread_id: 5,
    is_topic_message: true,
    reply_to_message: { message_id: first },
  });
});

test('a long poll of Telegram ends with the message that comes', async () => {
  const chat = newChat();
  const { id } = await say('telegram', { chat, text: 'before' });
  const polling = call('getUpdates', { offset: id + 1, timeout: 30 });
  await say('telegram', { chat, text: 'news' });
  expect((await polling).result).toMatchObject([{ message: { text: 'news' } }]);
});

test('Telegram refuses what it refuses', async () => {
  const chat = newChat();
  const { id: theirs } = await say('telegram', { chat, text: 'hello' });
  const { result } = await call('sendMessage', { chat_id: chat, text: 'ours' });
  const ours = { chat_id: chat, message_id: result.message_id };
  const refusals = [
    await call('sendMessage', { chat_id: chat, text: ' ' }),
    await call('sendMessage', { chat_id: chat, text: 'x'.repeat(4_097) }),
    await call('sendMessage', { chat_id: chat, text: 'x', reply_parameters: { message_id: 9_999 } }),
    await call('editMessageText', { ...ours, text: 'ours' }),
    await call('editMessageText', { chat_id: chat, message_id: theirs, text: 'mine' }),
    await call('editMessageText', { ...ours, chat_id: newChat(), text: 'elsewhere' }),
    await call('getFile', { file_id: 'nothing' }),
  ];
  expect(refusals.map(({ description }) => description)).toEqual([
    expect.stringContaining('text is empty'),
    expect.stringContaining('too long'),
    expect.stringContaining('replied not found'),
    expect.stringContaining('not modified'),
    expect.stringContaining("can't be edited"),
    expect.stringContaining('to edit not found'),
    expect.stringContaining('file_id'),
  ]);
  expect(await call('deleteMessage', ours)).toMatchObject({ ok: true });
  expect(await call('deleteMessage', ours)).toMatchObject({ ok: false, error_code: 400 });
});

test('calls that are one too many are told when to come again, as often as was ordered', async () => {
  const chat = newChat();
  const order = { chat, method: 'sendMessage', times: 1, retryAfterSeconds: 3 };
  await server.inject({ method: 'POST', url: '/telegram/people/limit', payload: order });
  const sent = { chat_id: chat, text: 'x' };
  expect(await call('sendMessage', { ...sent, chat_id: newChat() })).toMatchObject({ ok: true });
  expect(await call('sendMessage', sent)).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
  expect(await call('sendMessage', sent)).toMatchObject({ ok: true });
});

const discord = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
  server.inject({
    method,
    url: `/discord/api/v10${path}`,
    headers: { authorization: 'Bot double-discord-token' },
    ...(payload ? { payload } : {}),
  });

test('Discord lists the oldest messages behind one, newest first, without deleted ones', async () => {
  const channel = newChat();
  const ids: number[] = [];
  for (const text of ['a', 'b', 'c']) ids.push((await say('discord', { chat: channel, text })).id);
  const contents = async (query: string) =>
    (await discord('GET', `/channels/${channel}/messages?${query}`))
      .json()
      .map(({ content }: { content: string }) => content);
  expect(await contents('limit=2')).toEqual(['b', 'a']);
  expect(await contents(`after=${ids[0]}`)).toEqual(['c', 'b']);
  await discord('DELETE', `/channels/${channel}/messages/${ids[1]}`);
  expect(await contents(`after=${ids[0]}`)).toEqual(['c']);
});

test('Discord refuses what it refuses', async () => {
  const channel = newChat();
  const base = `/channels/${channel}/messages`;
  const { id: theirs } = await say('discord', { chat: channel, text: 'hello' });
  const codes = [
    await discord('POST', base, { content: '' }),
    await discord('POST', base, { content: 'x'.repeat(2_001) }),
    await discord('PATCH', `${base}/${theirs}`, { content: 'mine' }),
    await discord('PATCH', `${base}/9999`, { content: 'x' }),
    await discord('POST', `${base}/9999/threads`, { name: 'x' }),
    await server.inject({ url: `/discord/api/v10${base}`, headers: { authorization: 'Bot wrong' } }),
  ].map((answer) => [answer.statusCode, answer.json().code]);
  expect(codes).toEqual([
    [400, 50_035],
    [400, 50_035],
    [403, 50_005],
    [404, 10_008],
    [404, 10_008],
    [401, 0],
  ]);
});
