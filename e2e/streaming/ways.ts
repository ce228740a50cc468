import type { PathName } from '../../harness/streaming/paths.ts';
import { ownKey } from '../../harness/suite/responses/caller.ts';
import { service, setting } from '../../harness/suite/stack.ts';
import type { Asked } from '../../harness/suite/streaming/heard.ts';
import type { Wire } from '../../harness/suite/streaming/part.ts';
import { openWebUiPerson } from './open-webui-person.ts';

/** What a scenario asks. */
export interface Question {
  readonly text: string;
  /** Names of tools that are offered, each with one required text. */
  readonly tools?: readonly string[];
  readonly maxTokens?: number;
  /** Asks for thoughts, where an API gives none without. */
  readonly thinks?: boolean;
}

/** Where a path begins: the base URL that its official client takes, a key, and the model behind it. */
export interface Start {
  readonly wire: Wire;
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

const gateway = (wire: Wire, model: string) => async (): Promise<Start> => ({
  ...{ wire, model, key: ownKey() },
  baseUrl: `${service('gateway').url}/v1`,
});

const litellm = (wire: Wire, model: string) => async (): Promise<Start> => ({
  ...{ wire, model, key: setting('LITELLM_MASTER_KEY') },
  baseUrl: `${service('litellm').url}/v1`,
});

/** Where each path begins; a service that the stack lacks skips the test. */
export const starts: Readonly<Record<PathName, () => Promise<Start>>> = {
  gateway: gateway('chat', 'scripted-direct'),
  'gateway, responses': gateway('responses', 'scripted-direct'),
  'gateway, messages': gateway('messages', 'scripted-direct'),
  'gateway to LiteLLM': () => {
    service('litellm');
    return gateway('chat', 'scripted')();
  },
  LiteLLM: litellm('chat', 'scripted'),
  'LiteLLM, responses': litellm('responses', 'scripted-by-litellm'),
  'LiteLLM, messages': litellm('messages', 'scripted-by-litellm'),
  'LiteLLM to Ollama': () => {
    service('ollama-model');
    return litellm('chat', 'ollama-tiny')();
  },
  'Open WebUI, pipe to gateway': () => openWebUiPerson().then(({ throughPipe }) => throughPipe()),
  'Open WebUI to LiteLLM': () => {
    service('litellm');
    return openWebUiPerson().then(({ through }) => through('scripted-by-litellm'));
  },
};

const routes: Readonly<Record<Wire, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  messages: '/messages',
};

/** The request for a stream, as the API of the path writes it. */
export function askedOf({ wire, baseUrl, key, model }: Start, question: Question): Asked {
  const auth: Readonly<Record<string, string>> =
    wire === 'messages'
      ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
      : { authorization: `Bearer ${key}` };
  return { wire, url: `${baseUrl}${routes[wire]}`, headers: auth, body: bodyOf(wire, model, question) };
}

const parameters = { type: 'object', properties: { words: { type: 'string' } }, required: ['words'] };

function bodyOf(wire: Wire, model: string, { text, tools, maxTokens, thinks }: Question): object {
  const messages = [{ role: 'user', content: text }];
  switch (wire) {
    case 'chat':
      return {
        ...{ model, messages, stream: true, stream_options: { include_usage: true } },
        ...(maxTokens ? { max_tokens: maxTokens } : {}),
        ...(tools
          ? { tools: tools.map((name) => ({ type: 'function', function: { name, parameters } })) }
          : {}),
      };
    case 'responses':
      return {
        ...{ model, input: text, stream: true },
        ...(tools ? { tools: tools.map((name) => ({ type: 'function', name, parameters })) } : {}),
      };
    case 'messages':
      return {
        ...{ model, messages, stream: true, max_tokens: maxTokens ?? 4_000 },
        ...(thinks ? { thinking: { type: 'enabled', budget_tokens: 1_024 } } : {}),
        ...(tools ? { tools: tools.map((name) => ({ name, input_schema: parameters })) } : {}),
      };
  }
}
