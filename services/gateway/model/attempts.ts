import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { OpenaiError } from '../../kit/openai-error.ts';
import { type AttemptFailure, allCooling, failedAttempt } from './attempt-failure.ts';
import { cooldownRule } from './cooldown-rule.ts';
import { type Route, routesOf } from './route.ts';
import type { Target } from './target.ts';
import type { Upstreams } from './upstreams.ts';

export interface AttemptsOptions {
  readonly target: Target;
  readonly upstreams: Upstreams;
  /** Ends every attempt and every wait between two. */
  readonly signal: AbortSignal;
  readonly log: FastifyBaseLogger;
  /** The caller tells by `succeeded` that a route has answered well, since `run` resolves before it has. */
  readonly succeedsLater?: boolean;
}

/**
 * The attempts of one call to have a model answered, one after the other and each by another route, as long as nothing
 * of an answer has gone to the client. A route that failed comes back only when its cooldown is over.
 */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #routes: readonly Route[];
  readonly #tried = new Set<Route>();
  readonly #deadline: number;
  #begun = 0;
  #last: OpenaiError | undefined;

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#routes = routesOf(options.target);
    this.#deadline = performance.now() + options.upstreams.retryForMs;
  }

  /** Whether another route could stand in for the first. */
  get several(): boolean {
    return this.#routes.length > 1;
  }

  /**
   * Sends by one route after the other until `send` resolves. Throws the OpenaiError for the client: of the last route
   * that failed, or `model_cooldown` when none could be tried.
   */
  async run<T>(send: (route: Route) => Promise<T>): Promise<T> {
    for (;;) {
      const route = await this.#next();
      try {
        const answer = await send(route);
        if (!this.#options.succeedsLater) await this.succeeded(route);
        return answer;
      } catch (cause) {
        await this.failed(route, cause);
      }
    }
  }

  /**
   * A route failed: it cools down. Resolves when `run` may be called again; otherwise throws the error for the client,
   * at once when part of the answer has been passed on (`passedOn`).
   */
  async failed(route: Route, cause: unknown, passedOn = false): Promise<void> {
    const { signal, log, target } = this.#options;
    // A client that went says nothing about the upstream; a time that ran out does.
    if (signal.aborted && signal.reason?.name !== 'TimeoutError') throw this.#aborted(route.upstream);
    const failure = failedAttempt(cause, route.upstream);
    await this.#cool(route, failure);
    this.#last = failure.error;
    if (passedOn || failure.kind === 'request' || !this.several || signal.aborted) throw failure.error;
    const { kind, error } = failure;
    log.warn(
      { model: target.model, upstream: route.upstream, kind, status: error.statusCode },
      'attempt failed',
    );
  }

  /** A route has answered well. Undefined when nobody need be told; await it before the answer is over. */
  succeeded(route: Route): Promise<void> | undefined {
    if (route.kind !== 'provider' || route.scopes === undefined) return undefined;
    const { provider, key, model } = route.scopes;
    return this.#options.upstreams.cooldowns.recovered([provider, key, model]);
  }

  async #next(): Promise<Route> {
    const { signal, upstreams, target } = this.#options;
    if (signal.aborted) throw this.#aborted(target.model);
    if (this.#last && (this.#begun >= upstreams.attempts || performance.now() > this.#deadline))
      throw this.#last;
    const open = this.#routes.find((route) => !this.#tried.has(route) && this.#left(route) === undefined);
    if (open) return this.#begin(open);

    const cooling = this.#routes.flatMap((route) => {
      const left = this.#left(route);
      return left ? [{ route, ...left }] : [];
    });
    const first = cooling.reduce((one, other) => (other.ms < one.ms ? other : one), cooling[0] as Waiting);
    if (first === undefined || first.ms > upstreams.cooldownWaitMs) {
      const limited = cooling.some(({ reason }) => reason === 'rate-limit');
      throw this.#last ?? allCooling(target.model, first.ms, limited);
    }
    await delay(Math.ceil(first.ms), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw this.#aborted(target.model);
    return this.#begin(first.route);
  }

  #begin(route: Route): Route {
    this.#begun += 1;
    this.#tried.add(route);
    return route;
  }

  #left(route: Route): Omit<Waiting, 'route'> | undefined {
    if (route.kind !== 'provider' || route.scopes === undefined) return undefined;
    const { left } = this.#options.upstreams.cooldowns;
    const { provider, key, model } = route.scopes;
    const all = [left(provider), left(key), left(model)].filter((one) => one !== undefined);
    return all.length === 0 ? undefined : all.reduce((one, other) => (other.ms > one.ms ? other : one));
  }

  async #cool(route: Route, failure: AttemptFailure): Promise<void> {
    if (route.kind !== 'provider' || route.scopes === undefined) return;
    const { cooldowns, cooldownMaxMs } = this.#options.upstreams;
    const rule = cooldownRule(failure, cooldownMaxMs);
    if (rule) await cooldowns.cool(route.scopes[rule.scope], failure.kind, rule);
  }

  #aborted(who: string): OpenaiError {
    return failedAttempt(this.#options.signal.reason, who).error;
  }
}

interface Waiting {
  readonly route: Route;
  readonly ms: number;
  readonly reason: string;
}
