import { gauntletError } from '../errors.ts';
import { providerNamed } from './catalogue.ts';
import type { ModelKind, Provider } from './provider.ts';
import type { AdHoc } from './settings.ts';

/** Stacks by name: the parts of compose.yaml that each consists of. */
export const namedStacks: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  litellm: ['core', 'litellm'],
  ollama: ['core', 'ollama'],
  'open-webui': ['core', 'open-webui'],
  full: ['core', 'ha', 'litellm', 'ollama', 'open-webui'],
};

/** Where a server listens when nobody says where. */
const usualPort = 8321;

/** What an ad-hoc stack can be composed of, and the kind of models that each asks for. */
const apis: Readonly<Record<string, ModelKind>> = {
  inference: 'text',
  vision: 'vision',
  embeddings: 'embedding',
  safety: 'safety',
};

/** The stack that `--stack-config` means. */
export type StackConfig =
  /** Started with its gateway at that port, or used if it is running there. */
  | { readonly kind: 'server'; readonly name: string; readonly port: number }
  /** A gateway that runs already. */
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'compose-file'; readonly path: string }
  | ({ readonly kind: 'ad-hoc' } & AdHoc);

/** Reads `--stack-config`. Throws GNT_STACK_CONFIG and GNT_PROVIDER_UNKNOWN. */
export function parseStackConfig(text: string): StackConfig {
  const server = /^server:(.*)$/s.exec(text);
  if (server) return parseServer(server[1] ?? '');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'url', url: checkedUrl(text) };
  if (text.includes('=')) return parseAdHoc(text);
  if (/\.ya?ml$/.test(text)) return { kind: 'compose-file', path: text };
  return { kind: 'name', name: checkedName(text) };
}

function parseServer(text: string): StackConfig {
  const [name = '', port, ...rest] = text.split(':');
  if (rest.length > 0) throw refused(`"server:${text}" has more than a name and a port`);
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535))
    throw refused(`"${port}" is no port: it is a whole number from 1 to 65535`);
  return { kind: 'server', name: checkedName(name), port: port === undefined ? usualPort : Number(port) };
}

function checkedName(name: string): string {
  if (!Object.hasOwn(namedStacks, name)) throw refused(`there is no stack "${name}"`);
  return name;
}

/** The URL is not repeated: it may carry a credential. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw refused('it is no http(s) URL');
  if (url.username || url.password) throw refused('a URL with a credential in it would end up in logs');
  return text.replace(/\/+$/, '');
}

function parseAdHoc(text: string): StackConfig {
  const providerOf: Partial<Record<ModelKind, Provider>> = {};
  for (const part of text.split(',').filter(Boolean)) {
    const [api = '', provider = '', ...rest] = part.split('=');
    const kind = Object.hasOwn(apis, api) ? apis[api] : undefined;
    if (!kind) throw refused(`there is no API "${api}"`);
    if (!provider || rest.length > 0) throw refused(`"${part}" is not API=PROVIDER`);
    if (providerOf[kind]) throw refused(`it names ${api} twice`);
    providerOf[kind] = providerNamed(provider, `--stack-config ${api}`);
  }
  return { kind: 'ad-hoc', text, providerOf };
}

const refused = (why: string) =>
  gauntletError('GNT_STACK_CONFIG', why, Object.keys(namedStacks).join(', '), Object.keys(apis).join(', '));
