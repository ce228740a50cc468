import type { Metric, Registry } from 'prom-client';

interface Shape {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A value of a metric as prom-client's registries give and take it. */
interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/**
 * Label values in the order of the names. prom-client's own counters sort and join names and values at each call, which
 * takes ten times as long as all else that a request is counted for; these are told to it only when it is asked.
 */
type LabelValues = readonly string[];

/** Registers `values` under a metric that prom-client adds up over workers like its own. */
function register(
  registry: Registry,
  { name, help }: Shape,
  type: 'counter' | 'histogram',
  values: () => readonly Value[],
): void {
  const metric = { name, help, type, aggregator: 'sum' };
  registry.registerMetric({
    ...metric,
    get: () => ({ ...metric, values: values() }),
    reset: () => undefined,
  } as unknown as Metric);
}

interface Branch<Cell> {
  readonly branches: Map<string, Branch<Cell>>;
  cell?: Cell;
}

/** A cell for each combination of label values, found without a string being made of them. */
class Cells<Cell> {
  readonly #root: Branch<Cell> = { branches: new Map() };
  readonly #all: Cell[] = [];
  readonly #make: (labels: Value['labels']) => Cell;
  readonly #names: readonly string[];

  constructor({ labelNames }: Shape, make: (labels: Value['labels']) => Cell) {
    this.#names = labelNames;
    this.#make = make;
  }

  get all(): readonly Cell[] {
    return this.#all;
  }

  at(labelValues: LabelValues): Cell {
    let branch = this.#root;
    for (const value of labelValues) {
      let next = branch.branches.get(value);
      if (next === undefined) {
        next = { branches: new Map() };
        branch.branches.set(value, next);
      }
      branch = next;
    }
    if (branch.cell === undefined) {
      branch.cell = this.#make(labelsOf(this.#names, labelValues));
      this.#all.push(branch.cell);
    }
    return branch.cell;
  }
}

export class PlainCounter {
  readonly #cells: Cells<{ readonly labels: Value['labels']; value: number }>;

  constructor(registry: Registry, shape: Shape) {
    this.#cells = new Cells(shape, (labels) => ({ labels, value: 0 }));
    register(registry, shape, 'counter', () => this.#cells.all.map((cell) => ({ ...cell })));
  }

  add(labelValues: LabelValues, by = 1): void {
    this.#cells.at(labelValues).value += by;
  }
}

const steps = 2 ** 20;

/**
 * The time to the nearest 2⁻²⁰ s. Sums of such numbers are exact, so that they are the same in whatever order workers are
 * added up: a sum never falls by a last digit when one of them has died.
 */
export const exactSeconds = (seconds: number): number => Math.round(seconds * steps) / steps;

interface Distribution {
  readonly labels: Value['labels'];
  /** Not added up; the last is for what is above all bounds. */
  readonly counts: number[];
  sum: number;
}

export class PlainHistogram {
  readonly #cells: Cells<Distribution>;
  readonly #shape: Shape;
  readonly #bounds: readonly number[];

  /** `bounds` rise. */
  constructor(registry: Registry, shape: Shape, bounds: readonly number[]) {
    this.#shape = shape;
    this.#bounds = bounds;
    this.#cells = new Cells(shape, (labels) => ({
      labels,
      counts: Array<number>(bounds.length + 1).fill(0),
      sum: 0,
    }));
    register(registry, shape, 'histogram', () => this.#cells.all.flatMap((cell) => this.#values(cell)));
  }

  observe(labelValues: LabelValues, seconds: number): void {
    const value = exactSeconds(seconds);
    const cell = this.#cells.at(labelValues);
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] as number)) at += 1;
    cell.counts[at] = (cell.counts[at] as number) + 1;
    cell.sum += value;
  }

  #values({ labels, counts, sum }: Distribution): readonly Value[] {
    const { name } = this.#shape;
    let below = 0;
    const buckets = counts.map((count, at) => {
      below += count;
      return {
        value: below,
        labels: { le: this.#bounds[at] ?? '+Inf', ...labels },
        metricName: `${name}_bucket`,
      };
    });
    return [
      ...buckets,
      { value: sum, labels, metricName: `${name}_sum` },
      { value: below, labels, metricName: `${name}_count` },
    ];
  }
}

function labelsOf(names: readonly string[], values: LabelValues): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}
