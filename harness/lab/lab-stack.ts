import { setTimeout as delay } from 'node:timers/promises';
import { WireClient } from '../faults/wire-client.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import { openScope, type ScopeClient, type WorkerView } from '../workers/client.ts';
import type { WorkloadStack } from '../workloads/workload.ts';
import { saltOf } from './lab-session.ts';

const workersWithinMs = 3_000;

/** A running stack as the runner of plans sees it. */
export interface LabStack extends WorkloadStack {
  readonly record: StackRecord;
  /** Absent where single workers cannot be seen; `unseen` says why. */
  readonly scope?: ScopeClient;
  /** Where tunnels to single workers begin. */
  readonly tunnels?: { readonly scopeUrl: URL; readonly token: string };
  /** Services whose workers cannot be told apart, with the reason. */
  readonly unseen: Readonly<Record<string, string>>;
  /** Of runs on this stack, unless the lab has another. */
  readonly salt: string;
  /** The wire, where the stack has links for it. */
  readonly wire?: WireClient;
  close(): Promise<void>;
}

/** Opens a stack for the lab: asks the scope which workers there are. */
export async function openLabStack(record: StackRecord): Promise<LabStack> {
  const up = Object.entries(record.services).filter(
    ([, { state, url }]) => url !== undefined && (state === 'healthy' || state === 'remote'),
  );
  const scopeUrl = up.find(([name]) => name === 'scope')?.[1].url;
  const token = record.variables.SCOPE_TOKEN;
  const scope = scopeUrl && token ? openScope(scopeUrl, token) : undefined;
  const workers: Record<string, number> = {};
  const unseen: Record<string, string> = {};
  for (const [name, service] of up) {
    if (name === 'scope' || name === 'wire') continue;
    workers[name] = 1;
    if (service.state === 'remote') unseen[name] = 'it runs elsewhere, so its workers cannot be seen';
    else if (!scope) unseen[name] = 'the stack has no scope, so single workers cannot be told apart';
    else if ((service.workers ?? 1) > 1) {
      const seen = await expectWorkers(scope, name, service.workers ?? 1);
      if (typeof seen === 'string') unseen[name] = seen;
      else workers[name] = seen.length;
    }
  }
  const wireUrl = up.find(([name]) => name === 'wire')?.[1].url;
  const wireToken = record.variables.WIRE_TOKEN;
  return {
    record,
    ...(wireUrl && wireToken ? { wire: new WireClient(wireUrl, wireToken) } : {}),
    links: wireUrl ? (record.links ?? []).map(({ name }) => name) : [],
    ...(scope && scopeUrl && token ? { scope, tunnels: { scopeUrl: new URL(scopeUrl), token } } : {}),
    workers,
    unseen,
    salt: saltOf(record),
    has: (service) => up.some(([name]) => name === service),
    url: (service) => {
      const url = up.find(([name]) => name === service)?.[1].url;
      if (url === undefined) throw new Error(`the stack has no service "${service}"`);
      return url;
    },
    setting: (name) => record.variables[name] ?? process.env[name],
    close: async () => scope?.close(),
  };
}

/** A replacement may be healthy before all its workers listen. Those that never come are reported as they are. */
async function expectWorkers(
  scope: ScopeClient,
  service: string,
  expected: number,
): Promise<readonly WorkerView[] | string> {
  const deadline = performance.now() + workersWithinMs;
  for (;;) {
    const seen = await listWorkers(scope, service);
    if (seen.length >= expected && typeof seen !== 'string') return seen;
    if (performance.now() > deadline) return seen;
    await delay(50);
  }
}

/** The workers of a service, or why they cannot be seen. */
export async function listWorkers(
  scope: ScopeClient,
  service: string,
): Promise<readonly WorkerView[] | string> {
  try {
    return await scope.workers(service);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
