import type { Environment } from '../kit/environment.ts';

/** A bot of a platform: where its API is, and the token that it is known by. */
export interface BotSettings {
  readonly url: string;
  readonly token: string;
}

export interface BridgeSettings {
  readonly gatewayUrl: string;
  readonly gatewayKey: string | undefined;
  readonly model: string;
  readonly telegram: BotSettings | undefined;
  readonly discord: (BotSettings & { readonly channels: readonly string[] }) | undefined;
  /** Between two looks into the channels of Discord, whose HTTP API has no long poll. */
  readonly pollMs: number;
  /** Between two edits of an answer that is still being said. */
  readonly editEveryMs: number;
  /** What a worker polls and answers is another one's when it has not been heard of for so long. */
  readonly leaseMs: number;
  readonly answerTimeoutMs: number;
}

/** Reads the settings of the bridge; throws EnvironmentError. */
export function readSettings(env: Environment): BridgeSettings {
  const milliseconds = { min: 1, max: 3_600_000 };
  const telegramToken = env.text('TELEGRAM_BOT_TOKEN');
  const discordToken = env.text('DISCORD_BOT_TOKEN');
  const channels = env.text('DISCORD_CHANNEL_IDS', '').split(',').filter(Boolean);
  return {
    gatewayUrl: env.requiredUrl('GATEWAY_URL'),
    gatewayKey: env.text('GATEWAY_API_KEY'),
    model: env.text('MODEL', 'scripted'),
    telegram: telegramToken
      ? { token: telegramToken, url: env.url('TELEGRAM_API_URL') ?? 'https://api.telegram.org' }
      : undefined,
    discord: discordToken
      ? { token: discordToken, url: env.url('DISCORD_API_URL') ?? 'https://discord.com/api', channels }
      : undefined,
    pollMs: env.integer('BRIDGE_POLL_MS', 2_000, milliseconds),
    editEveryMs: env.integer('BRIDGE_EDIT_EVERY_MS', 1_000, milliseconds),
    leaseMs: env.integer('BRIDGE_LEASE_MS', 10_000, { min: 500, max: 3_600_000 }),
    answerTimeoutMs: env.integer('BRIDGE_ANSWER_TIMEOUT_MS', 120_000, milliseconds),
  };
}
