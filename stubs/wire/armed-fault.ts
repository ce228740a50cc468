import { type FaultPlan, type Site, siteOf } from './fault-plan.ts';
import { Hit, type HitOwner, type Place } from './hit.ts';

const defaultRevertMs = 10_000;

/**
 * A planned fault and what became of it. It stays armed until it has fired `times` times, or until `expiresAfterMs` have
 * passed since it was added, matched or fired last; each hit reverts by itself as long after it fired.
 */
export class ArmedFault implements HitOwner {
  readonly id: string;
  readonly plan: FaultPlan;
  readonly site: Site;
  readonly revertAfterMs: number;
  readonly expiresAfterMs: number;
  readonly addedAt = Date.now();
  /** First connection that a fault by number is meant for. */
  readonly firstConnection: number | undefined;
  readonly #times: number;
  readonly #changed: () => void;
  /** Those that fired. */
  readonly #hits: Hit[] = [];
  readonly #pending = new Set<Hit>();
  readonly #connections = new Set<number>();
  #matched = 0;
  #carried = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param accepted how many connections the link has had */
  constructor(id: string, plan: FaultPlan, accepted: number, changed: () => void) {
    this.id = id;
    this.plan = plan;
    this.site = siteOf(plan);
    this.revertAfterMs = plan.revertAfterMs ?? defaultRevertMs;
    this.expiresAfterMs = plan.expiresAfterMs ?? Math.max(this.revertAfterMs, defaultRevertMs);
    this.#times = plan.times ?? 1;
    this.#changed = changed;
    const { ordinal, connection } = plan.match;
    this.firstConnection = connection === undefined ? ordinal : accepted + connection;
    this.#wind();
  }

  get open(): boolean {
    return !this.#closed && this.#hits.length < this.#times;
  }

  get firedAt(): number | undefined {
    return this.#hits[0]?.firedAt;
  }

  /** `expired`: it is over and never fired. */
  get state(): 'armed' | 'active' | 'over' | 'expired' {
    if (this.#hits.some(({ overAt }) => overAt === undefined)) return 'active';
    if (this.open) return 'armed';
    return this.#hits.length > 0 ? 'over' : 'expired';
  }

  get lastConnection(): number | undefined {
    return this.firstConnection === undefined ? undefined : this.firstConnection + this.#times - 1;
  }

  /** A hit for a connection or exchange that the plan means. Ask once for each exchange: they are counted. */
  match(site: Site, { link, connection, exchange, operation }: Place): Hit | undefined {
    if (!this.open || site !== this.site || link !== this.plan.match.link) return undefined;
    if (this.firstConnection !== undefined) {
      const last = this.lastConnection ?? 0;
      const meant = connection >= this.firstConnection && connection <= last;
      if (!meant || this.#connections.has(connection)) return undefined;
      this.#connections.add(connection);
      return this.#hit({ link, connection });
    }
    if (this.plan.match.every) return this.#matched > 0 ? undefined : this.#hit({ link, connection });
    if (operation === undefined || operation !== this.plan.match.operation) return undefined;
    this.#carried += 1;
    if (this.#carried < (this.plan.match.occurrence ?? 1)) return undefined;
    return this.#hit({ link, connection, operation, ...(exchange === undefined ? {} : { exchange }) });
  }

  fired(hit: Hit): void {
    this.#hits.push(hit);
    this.#wind();
    this.#changed();
  }

  changed(): void {
    for (const hit of this.#pending) if (hit.overAt !== undefined) this.#pending.delete(hit);
    this.#changed();
  }

  /** No further hits, and those that act stop acting. */
  end(): void {
    this.#close();
    for (const hit of this.#pending) hit.end();
  }

  toJSON(): object {
    const { match, effect, direction } = this.plan;
    const [first] = this.#hits;
    return {
      id: this.id,
      state: this.state,
      match,
      effect,
      direction,
      times: this.#times,
      revertAfterMs: this.revertAfterMs,
      expiresAfterMs: this.expiresAfterMs,
      addedAt: this.addedAt,
      matched: this.#matched,
      fired: this.#hits.length,
      firedAt: first?.firedAt,
      connection: first?.place.connection,
      bytesPassed: first?.bytesPassed,
      framesPassed: first?.framesPassed,
      hits: this.#hits,
    };
  }

  #hit(place: Place): Hit {
    const hit = new Hit(this, place);
    this.#matched += 1;
    this.#pending.add(hit);
    this.#wind();
    return hit;
  }

  #wind(): void {
    clearTimeout(this.#timer);
    if (this.open) this.#timer = setTimeout(() => this.#close(), this.expiresAfterMs).unref();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
    this.#changed();
  }
}
