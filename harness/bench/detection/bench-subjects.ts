import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { StackRecord } from '../../stack/run-folder.ts';
import type { Supervisor } from '../../stack/supervisor/client.ts';
import { onBenchStack } from '../bench-stack.ts';
import { Copies } from './copies.ts';
import type { Mutant } from './mutant.ts';
import { type SubjectName, subjectNames, subjects } from './subject.ts';

const readyWithinMs = 20_000;
/** The supervisor starts a killed service by itself, should this process be gone. */
const reviveAfterMs = 60_000;

/** A stack whose services can be replaced by mutants, one after the other. */
export interface BenchSubjects {
  readonly record: StackRecord;
  /** Starts a subject anew, with a mutant or as it is; resolves once it listens, or with the reason why it doesn't. */
  become(name: SubjectName, mutant?: Mutant): Promise<string | undefined>;
}

/** Brings up a stack of the core profile whose services run from copies, and takes it down. */
export async function onBenchSubjects(measure: (subjects: BenchSubjects) => Promise<void>): Promise<void> {
  const copies = new Copies();
  try {
    Object.assign(process.env, copies.environment());
    const names = [...new Set(subjectNames.flatMap((name) => subjects[name].workloads))];
    await onBenchStack({ profiles: ['core'], workloads: names }, ({ record, supervisor }) =>
      measure({
        record,
        become: (name, mutant) => become({ copies, supervisor, record }, name, mutant),
      }),
    );
  } finally {
    copies.remove();
  }
}

interface Running {
  readonly copies: Copies;
  readonly supervisor: Supervisor;
  readonly record: StackRecord;
}

async function become(
  { copies, supervisor, record }: Running,
  name: SubjectName,
  mutant?: Mutant,
): Promise<string | undefined> {
  const { service, readyPath } = subjects[name];
  await supervisor.kill(service, reviveAfterMs);
  copies.restore(name);
  copies.choose(name);
  const reason = mutant && copies.mutate(mutant);
  if (reason !== undefined) return reason;
  await supervisor.restart(service);
  const url = `${record.services[service]?.url}${readyPath}`;
  const deadline = performance.now() + readyWithinMs;
  for (let last = 'nothing'; ; await delay(50)) {
    try {
      const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(2_000) });
      await body.dump();
      if (statusCode === 200) return undefined;
      last = `status ${statusCode}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline) return `it does not start: ${last} after ${readyWithinMs} ms`;
  }
}
