import { expect, test } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import { PlainCounter, PlainHistogram } from './plain-metrics.ts';

const bounds = [0.125, 1];
const told = [0.0625, 0.125, 0.5, 7];

function plain(): Registry {
  const registry = new Registry();
  const counter = new PlainCounter(registry, { name: 'a_total', help: 'A', labelNames: ['x', 'y'] });
  counter.add(['1', 'say "hi"\n']);
  counter.add(['1', 'say "hi"\n'], 2);
  counter.add(['2', 'b']);
  const histogram = new PlainHistogram(registry, { name: 't_seconds', help: 'T', labelNames: ['x'] }, bounds);
  for (const value of told) histogram.observe(['1'], value);
  return registry;
}

/** The same by prom-client's own metrics. */
function original(): Registry {
  const registry = new Registry();
  const registers = [registry];
  const counter = new Counter({ name: 'a_total', help: 'A', labelNames: ['x', 'y'], registers });
  counter.inc({ x: '1', y: 'say "hi"\n' }, 3);
  counter.inc({ x: '2', y: 'b' });
  const histogram = new Histogram({
    ...{ name: 't_seconds', help: 'T', labelNames: ['x'], buckets: bounds, registers },
  });
  for (const value of told) histogram.observe({ x: '1' }, value);
  return registry;
}

test('they are shown as prom-client shows its own', async () => {
  expect(await plain().metrics()).toBe(await original().metrics());
});

test('sums are the same in whatever order they are added up', async () => {
  const sumOf = async (values: readonly number[]) => {
    const registry = new Registry();
    const histogram = new PlainHistogram(registry, { name: 't_seconds', help: 'T', labelNames: [] }, bounds);
    for (const value of values) histogram.observe([], value);
    return /t_seconds_sum (\S+)/.exec(await registry.metrics())?.[1];
  };
  const values = [0.1, 0.2, 0.3];
  const sums = await Promise.all([values, values.toReversed()].map(sumOf));
  expect(new Set(sums).size).toBe(1);
});

test('they are handed to other workers as prom-client hands over its own', async () => {
  const asJson = async (registry: Registry) => JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()));
  const withoutExemplars = (metrics: { values: { exemplar?: unknown }[] }[]) =>
    metrics.map(({ values, ...rest }) => ({
      ...rest,
      values: values.map(({ exemplar: _, ...each }) => each),
    }));
  expect(withoutExemplars(await asJson(plain()))).toEqual(withoutExemplars(await asJson(original())));
});
