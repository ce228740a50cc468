import { DiscordAPIError, REST } from '@discordjs/rest';
import { expect, test } from '@jest/globals';
import { type APIMessage, Routes } from 'discord-api-types/v10';
import { Api } from 'grammy';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { requireEnvironment } from '../../../harness/suite/skip.ts';
import { service } from '../../../harness/suite/stack.ts';

const isLive = () => process.env.E2E_LIVE === '1';

test('a bot of Telegram is who its token says, and may send, edit and delete', async () => {
  needsTarget('telegram');
  const [token, chat, apiRoot] = isLive()
    ? [
        requireEnvironment('TELEGRAM_BOT_TOKEN'),
        requireEnvironment('E2E_TELEGRAM_CHAT_ID'),
        'https://api.telegram.org',
      ]
    : ['4242:double-telegram-token', '-1001', `${service('doubles').url}/telegram`];
  const api = new Api(token, { apiRoot });
  expect(await api.getMe()).toMatchObject({ is_bot: true });
  const sent = await api.sendMessage(chat, 'smoke: sent');
  const edited = await api.editMessageText(chat, sent.message_id, 'smoke: edited');
  expect(edited).toMatchObject({ message_id: sent.message_id, text: 'smoke: edited' });
  expect(await api.deleteMessage(chat, sent.message_id)).toBe(true);
  await expect(api.editMessageText(chat, sent.message_id, 'smoke: late')).rejects.toMatchObject({
    error_code: 400,
  });
});

test('a wrong token of Telegram is refused', async () => {
  needsTarget('telegram');
  const apiRoot = isLive() ? 'https://api.telegram.org' : `${service('doubles').url}/telegram`;
  await expect(new Api('1:wrong', { apiRoot }).getMe()).rejects.toMatchObject({ error_code: 401 });
});

test('a bot of Discord has its channel, and may send, edit and delete there', async () => {
  needsTarget('discord');
  const [token, channel, api] = isLive()
    ? [
        requireEnvironment('DISCORD_BOT_TOKEN'),
        requireEnvironment('E2E_DISCORD_CHANNEL_ID'),
        'https://discord.com/api',
      ]
    : ['double-discord-token', '9100', `${service('doubles').url}/discord/api`];
  const rest = new REST({ api, version: '10' }).setToken(token);
  expect(await rest.get(Routes.channel(channel))).toMatchObject({ id: channel });
  const send = { body: { content: 'smoke: sent' } };
  const { id } = (await rest.post(Routes.channelMessages(channel), send)) as APIMessage;
  const edit = { body: { content: 'smoke: edited' } };
  expect(await rest.patch(Routes.channelMessage(channel, id), edit)).toMatchObject({
    id,
    content: 'smoke: edited',
  });
  await rest.delete(Routes.channelMessage(channel, id));
  const late = rest.patch(Routes.channelMessage(channel, id), { body: { content: 'smoke: late' } });
  await expect(late).rejects.toBeInstanceOf(DiscordAPIError);
});

test('a wrong token of Discord is refused', async () => {
  needsTarget('discord');
  const api = isLive() ? 'https://discord.com/api' : `${service('doubles').url}/discord/api`;
  const rest = new REST({ api, version: '10' }).setToken('wrong');
  await expect(rest.get(Routes.user('@me'))).rejects.toMatchObject({ status: 401 });
});
