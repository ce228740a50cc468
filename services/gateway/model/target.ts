import type { Competitor } from '../competitors.ts';
import { modelNotFound } from './model-not-found.ts';
import type { Provider } from './provider.ts';

/** Where requests for one model go: an agent, or providers that offer it, the first preferred. */
export type Target =
  | { readonly kind: 'agent'; readonly model: string; readonly agent: Competitor }
  | { readonly kind: 'provider'; readonly model: string; readonly providers: readonly Provider[] };

/** What a gateway offers, by model id; agents come first and win over a provider's model of the same id. */
export type Targets = ReadonlyMap<string, Target>;

export function targetsOf(agents: readonly Competitor[], providers: readonly Provider[]): Targets {
  const targets = new Map<string, Target>();
  for (const agent of agents) targets.set(agent.id, { kind: 'agent', model: agent.id, agent });
  for (const model of new Set(providers.flatMap(({ models }) => Object.keys(models)))) {
    const offering = providers.filter(({ models }) => Object.hasOwn(models, model));
    if (!targets.has(model)) targets.set(model, { kind: 'provider', model, providers: offering });
  }
  return targets;
}

/** The target of a model id; throws the OpenAI API's 404 `model_not_found`. */
export function targetOf(targets: Targets, model: string): Target {
  const target = targets.get(model);
  if (target === undefined) throw modelNotFound(model, 'model');
  return target;
}

/** Chooses the target of a chat: `competitor_id` (an agent's id) wins over `model`, and there is no default. */
export function routeRequest(
  targets: Targets,
  request: { readonly model: string; readonly competitor_id?: string | null | undefined },
): Target {
  const { competitor_id: named } = request;
  if (named === undefined || named === null) return targetOf(targets, request.model);
  const target = targets.get(named);
  if (target?.kind !== 'agent') throw modelNotFound(named, 'competitor_id');
  return target;
}
