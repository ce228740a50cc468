import { gauntletError } from '../errors.ts';
import { skip } from '../suite/skip.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A part of the product that the smoke can be told to look at, by name. */
export interface Target {
  readonly what: string;
  /** What has to be there when it is tried live. */
  readonly needs: string;
  /** It sends messages to people or costs time: live, only when E2E_TARGETS names it. */
  readonly optIn?: true;
}

const table = {
  api: { what: 'messages, token counts, errors, stopping', needs: 'nothing' },
  auth: { what: 'keys in each header, missing and wrong ones', needs: 'the admin key of the gateway' },
  cli: {
    what: 'the command, the entry point of a service, Claude Code',
    needs: 'Claude Code for its own row',
  },
  clients: { what: 'requests as VS Code and JetBrains send them', needs: 'nothing' },
  config: { what: 'precedence of the environment, unusable settings, bounds', needs: 'a stack of processes' },
  extensibility: { what: 'providers that are configured, and those that are not', needs: 'nothing' },
  messaging: {
    what: 'chats, commands, trees, persistence, voice over servers that speak the APIs of bots',
    needs: 'the bridge of this stack',
  },
  providers: {
    what: 'turns, thinking, tools, disconnects, errors of each provider',
    needs: 'its key or address, optionally E2E_MODEL_…',
  },
  tools: { what: 'a call that is asked for, and the turn behind its result', needs: 'nothing' },
  rate_limit: { what: 'limits of a key, and clients that leave', needs: 'the admin key of the gateway' },
  lmstudio: { what: 'models of LM Studio, and a message through the gateway', needs: 'LMSTUDIO_URL' },
  llamacpp: { what: 'models of llama.cpp, and a message through the gateway', needs: 'LLAMACPP_URL' },
  ollama: { what: 'models of Ollama, and a message through the gateway', needs: 'Ollama in the stack' },
  telegram: {
    what: 'send, edit and delete with a bot of Telegram',
    needs: 'TELEGRAM_BOT_TOKEN, E2E_TELEGRAM_CHAT_ID',
    optIn: true,
  },
  discord: {
    what: 'send, edit, delete and threads with a bot of Discord',
    needs: 'DISCORD_BOT_TOKEN, E2E_DISCORD_CHANNEL_ID',
    optIn: true,
  },
  voice: { what: 'a recording that is made for it becomes a text', needs: 'a speech service', optIn: true },
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof table;
export const targets: Readonly<Record<TargetName, Target>> = table;
export const targetNames = Object.keys(table) as readonly TargetName[];

/** Other words for targets. */
const aliases: Readonly<Record<string, TargetName>> = {
  contract: 'api',
  optimizations: 'api',
  thinking: 'providers',
  vscode: 'clients',
};

/** The targets that E2E_TARGETS names (`all` for each), or undefined when it is not set. Throws GNT_USAGE. */
export function namedTargets(environment: Environment): ReadonlySet<TargetName> | undefined {
  const text = environment.E2E_TARGETS?.trim();
  if (!text) return undefined;
  const words = text.split(',').map((word) => word.trim());
  return new Set(words.flatMap((word) => (word === 'all' ? targetNames : [targetOf(word)])));
}

function targetOf(word: string): TargetName {
  const name = aliases[word] ?? targetNames.find((known) => known === word);
  if (name) return name;
  throw gauntletError(
    'GNT_USAGE',
    `E2E_TARGETS: "${word}" is no target; targets: all, ${targetNames.join(', ')}.`,
  );
}

/** Why a target is left out of a run, or undefined when it is looked at. Throws GNT_USAGE. */
export function whyLeftOut(name: TargetName, environment: Environment): string | undefined {
  const named = namedTargets(environment);
  if (named?.has(name)) return undefined;
  if (named) return `E2E_TARGETS does not name ${name}`;
  if (environment.E2E_LIVE !== '1' || !targets[name].optIn) return undefined;
  return `${name} acts on the outside world: with E2E_LIVE=1 it is tried only when E2E_TARGETS names it`;
}

/** For the top of a file, `beforeEach(() => needsTarget('api'))`: skips the running test when its target is left out. */
export function needsTarget(name: TargetName): void {
  const reason = whyLeftOut(name, process.env);
  if (reason) skip(reason, 'missing_env');
}
