/** A metric as prom-client's `getMetricsAsJSON` gives it. */
interface MetricJson {
  readonly type: string;
}

/** What stays true of a process that has died: its counters and histograms. Gauges told how it was. */
export function withoutGauges(metrics: unknown): readonly MetricJson[] {
  if (!Array.isArray(metrics)) return [];
  return (metrics as readonly MetricJson[]).filter(({ type }) => type === 'counter' || type === 'histogram');
}

/** The sums of the metrics of several processes, in the same form. */
export async function foldCounters(several: readonly unknown[]): Promise<unknown> {
  // Loaded when the first workers have died: most primaries never need it.
  const { AggregatorRegistry } = await import('prom-client');
  return AggregatorRegistry.aggregate(several as object[]).getMetricsAsJSON();
}
