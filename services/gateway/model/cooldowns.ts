import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../kit/database.ts';
import type { CooldownRule } from './cooldown-rule.ts';
import { type Cooling, cooldownChannel, deleteOver, readCoolings, storeCooling } from './cooldown-store.ts';

/** What is left alone at the moment, for all workers of a gateway and over their restarts. */
export interface Cooldowns {
  /** What is left of a scope's cooldown; undefined when there is none. Costs no query. */
  left(scope: string): { readonly ms: number; readonly reason: string } | undefined;
  /** Begins or prolongs one; resolves once the other workers are told, or soon anyway. Never rejects. */
  cool(scope: string, reason: string, rule: Pick<CooldownRule, 'baseMs' | 'maxMs'>): Promise<void>;
  /**
   * A request went well: the next failure of these scopes counts as a first one. Undefined when there is nothing to
   * tell, as nearly always; otherwise as `cool`.
   */
  recovered(scopes: readonly string[]): Promise<void> | undefined;
}

/** For a plane without a database: every route is always open. */
export const noCooldowns: Cooldowns = {
  left: () => undefined,
  cool: async () => undefined,
  recovered: () => undefined,
};

/** A request does not wait longer for the other workers to be told. */
const toldWithinMs = 500;

/**
 * Keeps the cooldowns in PostgreSQL and a copy in this worker, told of changes by NOTIFY. They end by the database's
 * clock: the copy knows how far that is from this worker's monotonic one.
 */
export async function shareCooldowns(sql: Sql, log: FastifyBaseLogger): Promise<Cooldowns> {
  const endings = new Map<string, { readonly untilMs: number; readonly reason: string }>();
  let offsetMs = Number.NEGATIVE_INFINITY;

  const keep = ({ scope, reason, untilMs, nowMs }: Cooling) => {
    // A sample that came late shows the database's clock behind where it is by now.
    offsetMs = Math.max(offsetMs, nowMs - performance.now());
    endings.set(scope, { untilMs, reason });
  };
  const read = async () => {
    const { nowMs, coolings } = await readCoolings(sql);
    offsetMs = nowMs - performance.now();
    for (const cooling of coolings) keep(cooling);
  };

  await deleteOver(sql);
  await sql.listen(
    cooldownChannel,
    (text) => keep(JSON.parse(text) as Cooling),
    // Called again after a reconnect, which may have missed some.
    () => void read().catch((error) => log.warn({ err: error }, 'the cooldowns cannot be read')),
  );
  await read();

  const left: Cooldowns['left'] = (scope) => {
    const ending = endings.get(scope);
    if (ending === undefined) return undefined;
    const ms = ending.untilMs - offsetMs - performance.now();
    return ms > 0 ? { ms, reason: ending.reason } : undefined;
  };

  return {
    left,
    cool: async (scope, reason, { baseMs, maxMs }) => {
      // Held here at once, whatever becomes of the database.
      const untilMs = performance.now() + offsetMs + baseMs;
      if ((endings.get(scope)?.untilMs ?? 0) < untilMs) endings.set(scope, { untilMs, reason });
      await soon(
        storeCooling(sql, scope, reason, baseMs, maxMs).then(keep, (error) =>
          log.warn({ err: error, scope }, 'a cooldown is known to this worker only'),
        ),
      );
    },
    recovered: (scopes) => {
      if (endings.size === 0) return undefined;
      const over = scopes.filter((scope) => endings.has(scope) && left(scope) === undefined);
      if (over.length === 0) return undefined;
      for (const scope of over) endings.delete(scope);
      return soon(
        deleteOver(sql, over).catch((error) =>
          log.warn({ err: error }, 'the end of a cooldown cannot be stored'),
        ),
      );
    },
  };
}

/** Resolves with `told`, which never rejects, or a little later without it. */
async function soon(told: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, toldWithinMs);
  });
  await Promise.race([told, enough]);
  clearTimeout(timer);
}
