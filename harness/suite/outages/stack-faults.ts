import type { AppliedFault } from '../../faults/applied-fault.ts';
import { applyLinkFault } from '../../faults/link-fault.ts';
import { applyServiceFault } from '../../faults/service-fault.ts';
import { unsupported } from '../../faults/supported.ts';
import { type LabStack, openLabStack } from '../../lab/lab-stack.ts';
import type { LinkFault, ServiceFault } from '../../plan/fault.ts';
import type { ScopeClient } from '../../workers/client.ts';
import { skip } from '../skip.ts';
import { stackRecord } from '../stack.ts';

/** Faults of whole services and links, for suites. The file that uses them says `@alone`. */
export interface StackFaults {
  /** Services of which several workers can be told apart, with their number. */
  readonly severalWorkers: Readonly<Record<string, number>>;
  readonly scope: ScopeClient;
  /** Resolves when it has fired. Skips the test where this stack cannot have it; throws when it did not fire. */
  apply(fault: ServiceFault | LinkFault): Promise<AppliedFault>;
  close(): Promise<void>;
}

/** Skips the test where processes of the stack cannot be reached. */
export async function openStackFaults(): Promise<StackFaults> {
  const stack = await openLabStack(stackRecord());
  const { scope, workers } = stack;
  if (!scope) {
    await stack.close();
    return skip('no scope in this stack: processes cannot be reached');
  }
  return {
    severalWorkers: Object.fromEntries(Object.entries(workers).filter(([, count]) => count > 1)),
    scope,
    apply: (fault) => applied(fault, stack),
    close: () => stack.close(),
  };
}

async function applied(fault: ServiceFault | LinkFault, stack: LabStack): Promise<AppliedFault> {
  const why = unsupported(fault, stack);
  if (why !== undefined) skip(why);
  const done =
    fault.on === 'link'
      ? await applyLinkFault(fault, stack.wire, `suite-${process.pid}-${Date.now()}`)
      : await applyServiceFault(fault, stack);
  if (done.proof === undefined) throw new Error(`the fault did not fire: ${done.reason}`);
  return done;
}
