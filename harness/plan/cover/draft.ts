import fc from 'fast-check';
import { renamed } from '../combine-plans.ts';
import type { JsonRecord } from '../json.ts';
import { type FaultStep, type OperationStep, type Plan, planVersion, type Step } from '../plan.ts';
import { tidy } from '../tidy.ts';
import type { OperationShape, WorkloadShape } from '../workload-shape.ts';
import type { Link } from './chain.ts';
import type { FaultItem } from './fault-ground.ts';

export type Phases = readonly (readonly Step[])[];

/** So many arguments are drawn to find some that lead over a link. */
const draws = 60;

/** Makes the steps of covering plans: with ids, arguments and pins. */
export class Draft {
  readonly shape: WorkloadShape;
  readonly #seed: number;
  #steps = 0;

  constructor(shape: WorkloadShape, seed: number) {
    this.shape = shape;
    this.#seed = seed;
  }

  workersFor({ service = this.shape.service }: OperationShape): readonly (number | undefined)[] {
    const { workers } = this.shape;
    const count = service === this.shape.service ? (workers[service] ?? 1) : 1;
    if (count < 2) return [undefined];
    // Which worker is which must not matter, so every seed begins with another one.
    const first = Math.abs(this.#seed) % count;
    return [first + 1, ((first + 1) % count) + 1];
  }

  /** A key that all of them can have, one that is not used yet if there is one. */
  keyOf(operations: readonly OperationShape[], used: ReadonlySet<string>): string | undefined {
    const lists = operations.flatMap(({ keys }) => (keys ? [keys] : []));
    const shared = (lists[0] ?? []).filter((key) => lists.every((keys) => keys.includes(key)));
    return shared.find((key) => !used.has(key)) ?? shared[0];
  }

  /** @param link that it should come over, where its arguments decide on that */
  operation(
    { operation, worker }: Link,
    client: number,
    key: string | undefined,
    link?: string,
  ): OperationStep {
    this.#steps += 1;
    const drawn: readonly JsonRecord[] = operation.args
      ? fc.sample(operation.args, { seed: this.#seed + this.#steps, numRuns: link === undefined ? 1 : draws })
      : [];
    const fitting =
      link === undefined ? undefined : drawn.find((each) => operation.meets?.(link, each) ?? true);
    const args = fitting ?? drawn[0] ?? {};
    const own = operation.keys ? { key: key ?? operation.keys[0] ?? '' } : {};
    return {
      kind: 'operation',
      id: `o${this.#steps}`,
      client: ((client - 1) % this.shape.clients) + 1,
      ...(worker === undefined ? {} : { worker }),
      name: operation.name,
      args: { ...args, ...own },
    };
  }

  /** @param next the operation after the one that it is aimed at */
  fault(item: FaultItem, operation: string, next?: string): FaultStep {
    this.#steps += 1;
    const aimed = item.aim(operation, next);
    const { fault } = aimed;
    // The worker that the operations under it are pinned to.
    const worker = this.workersFor({ name: '' })[0] ?? 1;
    const hit = fault.on === 'worker' && fault.service === this.shape.service ? { ...fault, worker } : fault;
    return { kind: 'fault', id: `f${this.#steps}`, ...aimed, fault: hit };
  }

  plan(phases: Phases): Plan {
    const ids = new Map<string, string>();
    const counts = { operation: 0, fault: 0 };
    for (const { kind, id } of phases.flat()) {
      counts[kind] += 1;
      ids.set(id, `${kind === 'operation' ? 'o' : 'f'}${counts[kind]}`);
    }
    const plan: Plan = {
      version: planVersion,
      workload: this.shape.name,
      seed: 0,
      clients: this.shape.clients,
      phases: phases.map((steps) => ({ steps })),
    };
    return tidy(renamed(plan, (id) => ids.get(id) ?? id));
  }
}
