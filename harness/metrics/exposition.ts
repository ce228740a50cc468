/** One line of the text format of Prometheus: a name with its labels, sorted, and the value. */
export interface Sample {
  readonly series: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What an exposition says. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** By metric: `counter`, `gauge`, `histogram` … */
  readonly types: ReadonlyMap<string, string>;
}

const nameThenRest = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)(?: -?\d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/**
 * Reads the text format 0.0.4 (prometheus.io, "Exposition formats").
 *
 * @throws for a line that is none, a series that is told twice, and samples of a metric whose type is told after them
 */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('# HELP ')) continue;
    const typed = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (typed) {
      const [, name = '', type = ''] = typed;
      if (samples.some((sample) => sample.name === name))
        throw new Error(`the type of ${name} comes too late`);
      types.set(name, type);
    } else if (!line.startsWith('#')) {
      const sample = sampleOf(line);
      if (seen.has(sample.series)) throw new Error(`${sample.series} is told twice`);
      seen.add(sample.series);
      samples.push(sample);
    }
  }
  return { samples, types };
}

function sampleOf(line: string): Sample {
  const [, name = '', labelText = '', valueText = ''] = nameThenRest.exec(line) ?? [];
  const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText);
  if (name === '' || valueText === '' || (Number.isNaN(value) && valueText !== 'NaN')) {
    throw new Error(`no sample: ${line}`);
  }
  const labels = labelsOf(labelText.slice(1, -1), line);
  const sorted = Object.entries(labels)
    .map(([key, each]) => `${key}=${JSON.stringify(each)}`)
    .sort();
  return { series: `${name}{${sorted.join(',')}}`, name, labels, value };
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const [whole, key = '', value = ''] of text.matchAll(label)) {
    labels[key] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    end += whole.length;
  }
  if (end !== text.length) throw new Error(`labels that cannot be read: ${line}`);
  return labels;
}

/** The series that must never go down: of counters, and the buckets, sums and counts of histograms. */
function monotoneOf({ samples, types }: Exposition): ReadonlyMap<string, number> {
  const isMonotone = ({ name }: Sample) =>
    types.get(name) === 'counter' || types.get(name.replace(/_(?:bucket|sum|count)$/, '')) === 'histogram';
  return new Map(samples.filter(isMonotone).map(({ series, value }) => [series, value]));
}

/** The series that are lower, or gone, in the later of two expositions. */
export function wentDown(before: Exposition, after: Exposition): readonly string[] {
  const later = monotoneOf(after);
  return [...monotoneOf(before)].flatMap(([series, value]) => {
    const now = later.get(series);
    return now !== undefined && now >= value ? [] : [`${series}: ${value} → ${now ?? 'gone'}`];
  });
}

/** The sum of a metric's series with these labels. */
export function sumOf(
  { samples }: Exposition,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(
      (each) =>
        each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
