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

export class PlainCounter {
  readonly #cells = new Map<string, { readonly labels: Value['labels']; value: number }>();
  readonly #shape: Shape;

  constructor(registry: Registry, shape: Shape) {
    this.#shape = shape;
    register(registry, shape, 'counter', () => [...this.#cells.values()].map((cell) => ({ ...cell })));
  }

  add(labelValues: LabelValues, by = 1): void {
    const key = labelValues.join('\n');
    const cell = this.#cells.get(key);
    if (cell) cell.value += by;
    else this.#cells.set(key, { labels: labelsOf(this.#shape, labelValues), value: by });
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
  readonly #cells = new Map<string, Distribution>();
  readonly #shape: Shape;
  readonly #bounds: readonly number[];

  /** `bounds` rise. */
  constructor(registry: Registry, shape: Shape, bounds: readonly number[]) {
    this.#shape = shape;
    this.#bounds = bounds;
    register(registry, shape, 'histogram', () =>
      [...this.#cells.values()].flatMap((cell) => this.#values(cell)),
    );
  }

  observe(labelValues: LabelValues, seconds: number): void {
    const value = exactSeconds(seconds);
    const key = labelValues.join('\n');
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      const counts = Array<number>(this.#bounds.length + 1).fill(0);
      cell = { labels: labelsOf(this.#shape, labelValues), counts, sum: 0 };
      this.#cells.set(key, cell);
    }
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

function labelsOf({ labelNames }: Shape, values: LabelValues): Record<string, string> {
  return Object.fromEntries(labelNames.map((name, at) => [name, values[at] ?? '']));
}
