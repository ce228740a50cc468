import { type Random, randomOf } from '../random.ts';
import type { Act, Run } from './act.ts';
import { looks } from './simulated-accounts.ts';
import { type Caller, type Conditions, chat, timeoutMs } from './simulated-chats.ts';
import { disturb } from './simulated-faults.ts';
import { planned, settled } from './simulated-store.ts';

const tenants = ['ann', 'bob'];

/** How a run may go. */
export interface RunOptions extends Partial<Conditions> {
  /** No fault. */
  readonly isCalm?: boolean;
}

/** A run of three clients of two tenants through a correct gateway: chats, items, limits and accounts. */
export function gatewayRun(
  seed: number,
  { isCalm = false, isHealthy = false, rewords = false }: RunOptions = {},
): Run {
  const random = randomOf(seed);
  const callers = callersOf(random, seed);
  const chats = callers
    .filter((_, index) => index % 3 !== 2)
    .map((caller) => chat(caller, random, { isHealthy, rewords }));
  const store = settled(
    callers.filter((_, index) => index % 3 === 2).map((caller) => planned(caller, random)),
    random,
  );
  const accounts = tenants.flatMap((tenant, index) => {
    const calls = chats.filter(({ asked }) => asked.tenant === tenant);
    return calls.length === 0 ? [] : looks(tenant, calls, random, (count) => `u${index}${count}-${seed}`);
  });
  const acts: Act[] = [...chats, ...store];
  const faults = !isCalm && random.chance(0.4) ? disturb(acts, random) : [];
  return { acts: [...acts, ...accounts], faults, timeoutMs };
}

/** Who asks when: each client one thing after the other, tenants with markers of which some begin like others. */
function callersOf(random: Random, seed: number): readonly Caller[] {
  const numbers = new Set<number>();
  return [1, 2, 3].flatMap((client) => {
    let at = 10_000 + random.between(0, 100);
    return Array.from({ length: random.between(4, 8) }, (_, step) => {
      let number = random.between(1, 35);
      while (numbers.has(number)) number = random.between(1, 35);
      numbers.add(number);
      at += random.between(300, 600);
      return {
        op: `o${client}${step}-${seed}`,
        client,
        tenant: tenants[client % 2] ?? 'ann',
        marker: `mk-${number}`,
        at,
      };
    });
  });
}
