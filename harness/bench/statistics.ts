/** Median of the values; NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` of the values lies (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** `0.93 – 1.24`: how far the values spread, without the extremes. */
export function spread(values: readonly number[], digits = 2): string {
  return `${quantile(values, 0.25).toFixed(digits)} – ${quantile(values, 0.75).toFixed(digits)}`;
}
