import { createHash } from 'node:crypto';
import type { Competitor } from '../competitors.ts';
import type { Provider } from './provider.ts';
import type { Target } from './target.ts';

/** One way to have a model answered: an agent, or a provider with one of its keys. */
export type Route =
  | { readonly kind: 'agent'; readonly upstream: string; readonly agent: Competitor }
  | {
      readonly kind: 'provider';
      readonly upstream: string;
      readonly provider: Provider;
      readonly apiKey: string | undefined;
      /** The provider's own name of the model. */
      readonly model: string;
      /** What may cool down; nothing where the provider's `cooldown` is false. */
      readonly scopes: RouteScopes | undefined;
    };

/** Names of what a failure may be about; safe to store and to log: no key can be had from them. */
export interface RouteScopes {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
}

interface Turns {
  /** Of each provider, its keys. */
  readonly routes: readonly (readonly Route[])[];
  turn: number;
}

const known = new WeakMap<Target, Turns>();

/** The routes of a target, the one to try first in front: providers in their order, the keys of each in turn. */
export function routesOf(target: Target): readonly Route[] {
  let turns = known.get(target);
  if (turns === undefined) {
    turns = { routes: allRoutes(target), turn: 0 };
    known.set(target, turns);
  }
  const { routes, turn } = turns;
  const [only] = routes;
  if (routes.length === 1 && only?.length === 1) return only;
  turns.turn = (turn + 1) % 1_000_000;
  return routes.flatMap((keys) => {
    const first = turn % keys.length;
    return [...keys.slice(first), ...keys.slice(0, first)];
  });
}

function allRoutes(target: Target): readonly (readonly Route[])[] {
  if (target.kind === 'agent') {
    return [[{ kind: 'agent', upstream: target.agent.id, agent: target.agent }]];
  }
  return target.providers.map((provider) => {
    const keys = provider.apiKeys?.length ? provider.apiKeys : [undefined];
    const model = provider.models[target.model] ?? target.model;
    return keys.map((apiKey): Route => {
      const scopes = provider.cooldown === false ? undefined : scopesOf(provider, apiKey, model);
      return { kind: 'provider', upstream: provider.id, provider, apiKey, model, scopes };
    });
  });
}

/** Another address, key or name of a model is another scope: a mended configuration starts without cooldowns. */
function scopesOf({ id, baseUrl }: Provider, apiKey: string | undefined, model: string): RouteScopes {
  const provider = `${id}@${digest(baseUrl)}`;
  const key = `${provider}/${apiKey === undefined ? 'none' : digest(apiKey)}`;
  return { provider, key, model: `${key}/${model}` };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
