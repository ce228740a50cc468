import type { LinkFault } from '../plan/fault.ts';
import { type AppliedFault, bounded, FaultUnsupported } from './applied-fault.ts';
import { fromWallClock, now } from './now.ts';
import { firedOnWire, type WireClient } from './wire-client.ts';

/** What passes a link passes it by then, if anything does. */
const feltWithinMs = 250;

/**
 * Disturbs a link of the wire. Resolves when the first connection has felt it, or soon. The wire ends it by itself, even
 * when this process is gone.
 * @throws FaultUnsupported when the wire refuses it
 */
export async function applyLinkFault(
  fault: LinkFault,
  wire: WireClient | undefined,
  id: string,
): Promise<AppliedFault> {
  if (!wire) throw new FaultUnsupported('the stack has no wire');
  await wire.disturb(id, fault);
  const state = await wire.fired(id, Math.min(feltWithinMs, fault.revertAfterMs));
  const fired = state && firedOnWire(state);
  const seen = fired
    ? { firedAt: fromWallClock(fired.at), proof: fired.proof }
    : { firedAt: now(), reason: `nothing came over ${fault.link}` };
  return bounded(seen, fault.revertAfterMs, async () => {
    await wire.end(id);
  });
}
