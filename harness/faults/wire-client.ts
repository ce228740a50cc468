import { gauntletError } from '../errors.ts';
import type { LinkFault, StreamEffect, StreamFault } from '../plan/fault.ts';
import type { JsonRecord } from '../plan/json.ts';
import { FaultUnsupported } from './applied-fault.ts';

const answerWithinMs = 5_000;
/** How long a fault waits to be met. It is taken back with the run, long before. */
const expiresAfterMs = 60_000;
/** The longest that the wire holds anything. */
const maxRevertMs = 60_000;

/** What became of a fault, as the wire tells it (stubs/README.md, "Wire"). */
export interface WireFaultState {
  readonly state: 'armed' | 'active' | 'over' | 'expired';
  readonly matched: number;
  readonly fired: number;
  /** Milliseconds since the epoch. */
  readonly firedAt?: number;
  readonly connection?: number;
  readonly bytesPassed?: number;
  readonly framesPassed?: number;
  /** One by one what it struck. */
  readonly hits?: readonly { readonly firedAt?: number; readonly overAt?: number }[];
}

/** The connection that carries an operation to the target of a link. */
export interface Carrier {
  /** Its number on the link. */
  readonly connection: number;
  /** The near end of it at the target. */
  readonly address: string;
  readonly port: number;
}

export interface CarrierQuery {
  readonly link: string;
  readonly operation: string;
  readonly timeoutMs: number;
  /** Number of the connection that is known: another one is meant. */
  readonly not?: number;
}

/** The control API of the wire of one stack. */
export class WireClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Puts a fault in place. @throws FaultUnsupported when the wire refuses it, with the wire's reason */
  async arm(id: string, fault: StreamFault, operationId: (operation: string) => string): Promise<void> {
    await this.#ask('PUT', `/faults/${id}`, wireFault(fault, operationId));
  }

  /** Disturbs a link from now on. @throws FaultUnsupported when the wire refuses it, with the wire's reason */
  async disturb(id: string, fault: LinkFault): Promise<void> {
    const { link, action, revertAfterMs } = fault;
    const effect = fault.action === 'lag' ? { kind: action, delayMs: fault.delayMs } : { kind: action };
    await this.#ask('PUT', `/faults/${id}`, {
      match: { link, every: true },
      effect,
      revertAfterMs: Math.min(revertAfterMs, maxRevertMs),
    });
  }

  async state(id: string): Promise<WireFaultState> {
    return (await this.#ask('GET', `/faults/${id}`)) as WireFaultState;
  }

  /** Waits until the fault has fired; undefined when it has not within the time. */
  async fired(id: string, timeoutMs: number): Promise<WireFaultState | undefined> {
    const path = `/wait?fault=${encodeURIComponent(id)}&event=fired&timeoutMs=${timeoutMs}`;
    try {
      return (await this.#ask('GET', path, undefined, timeoutMs + answerWithinMs)) as WireFaultState;
    } catch (error) {
      if (error instanceof FaultUnsupported) return undefined;
      throw error;
    }
  }

  /** Waits for the connection that carries an operation; undefined when none has come within the time. */
  async carrier(wanted: CarrierQuery, signal: AbortSignal): Promise<Carrier | undefined> {
    const { link, operation, not, timeoutMs } = wanted;
    const query = new URLSearchParams({ link, op: operation, timeoutMs: String(timeoutMs) });
    if (not !== undefined) query.set('not', String(not));
    const response = await fetch(`${this.#url}/carrier?${query}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal,
    });
    const answer = (await response.json()) as {
      readonly ordinal: number;
      readonly upstream: Omit<Carrier, 'connection'>;
    };
    if (response.ok) return { connection: answer.ordinal, ...answer.upstream };
    if (response.status === 408) return undefined;
    throw new FaultUnsupported(`the wire answered ${response.status} to who carries an operation`);
  }

  /** Ends a fault: what it holds is let go. Returns what became of it. */
  async end(id: string): Promise<WireFaultState> {
    return (await this.#ask('DELETE', `/faults/${id}`)) as WireFaultState;
  }

  async #ask(method: string, path: string, body?: object, withinMs = answerWithinMs): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(withinMs),
    }).catch((error: Error) => {
      throw gauntletError('GNT_FAULT_FAILED', `${method} ${path} of the wire`, error);
    });
    const answer = (await response.json()) as { readonly error?: { readonly message: string } };
    if (response.ok) return answer;
    throw new FaultUnsupported(`the wire: ${answer.error?.message ?? response.status}`);
  }
}

/** The fault in the words of the wire. */
export function wireFault(
  { link = '', target, effect, revertAfterMs }: StreamFault,
  operationId: (operation: string) => string,
): object {
  const who =
    'operation' in target ? { operation: operationId(target.operation) } : { connection: target.connection };
  return {
    match: { link, ...who },
    effect: wireEffect(effect),
    revertAfterMs: Math.min(revertAfterMs, maxRevertMs),
    expiresAfterMs,
  };
}

const wireEffect = (effect: StreamEffect): object =>
  effect.kind === 'end' ? { kind: 'cut', afterFrames: effect.afterFrames, by: 'end' } : effect;

/** What the wire did, and when: milliseconds since the epoch on the clock of the wire. */
export interface FiredOnWire {
  readonly proof: JsonRecord;
  readonly at: number;
  readonly overAt: number | undefined;
}

/** What shows that the fault fired; undefined when the wire does not say that it did. */
export function firedOnWire({
  fired,
  firedAt,
  connection,
  bytesPassed,
  framesPassed,
  hits = [],
}: WireFaultState): FiredOnWire | undefined {
  if (fired === 0 || firedAt === undefined) return undefined;
  const seen = { firedAt, connection, bytesPassed, framesPassed };
  const proof = Object.fromEntries(
    Object.entries(seen).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return { proof, at: firedAt, overAt: hits[0]?.overAt };
}
