import { AggregatorRegistry } from 'prom-client';
import { Type } from 'typebox';
import type { Gatherings } from '../../kit/cluster/gather.ts';
import { metricsTopic } from '../../kit/cluster/gather-relay.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { providerMetrics } from './provider-metrics.ts';
import { readUsage } from './usage-store.ts';

/** How long an answer waits for what the other workers have to say. */
const gatherTimeoutMs = 3_000;

const ProviderMetrics = Type.Object({
  request_count: Type.Integer(),
  success_count: Type.Integer(),
  failure_count: Type.Integer(),
  cancelled_count: Type.Integer({ description: 'Given up because the caller went' }),
  unmetered_count: Type.Integer({ description: 'Successes whose upstream told no tokens' }),
  input_tokens: Type.Integer(),
  output_tokens: Type.Integer(),
  total_tokens: Type.Integer(),
  success_rate: Type.Number({ description: 'Of those that ended well or badly; 1 without any' }),
  latency_p50_ms: Type.Optional(Type.Number()),
  latency_p95_ms: Type.Optional(Type.Number()),
});

/** What workers do when they are asked to: write down what they have counted. */
export const flushTopic = 'flush-usage';

/**
 * GET /v1/metrics/providers and GET /metrics: the whole service, whichever worker answers. Both wait for all workers, so
 * that a caller finds its own finished calls counted; a worker that is stopped is not waited for longer than three seconds.
 */
export function addMetricsRoutes(
  app: TypedServer,
  { sql, settings }: Pick<Gateway, 'sql' | 'settings'>,
  gatherings: Gatherings,
): void {
  const upstreams = [...settings.competitors, ...settings.providers].map(({ id }) => id);
  const providers = {
    summary: 'Show how providers and agents did',
    description:
      'Counts since the first start of the service, kept over restarts; latencies are those of successes.',
    tags: ['metrics'],
    response: { 200: Type.Record(Type.String(), ProviderMetrics) },
  };
  app.get('/v1/metrics/providers', { schema: providers }, async () => {
    await gatherings.gather(flushTopic, gatherTimeoutMs).catch((error: Error) => {
      app.log.warn({ err: error }, 'the other workers could not be asked');
    });
    return providerMetrics(upstreams, await readUsage(sql));
  });

  const prometheus = {
    summary: 'Show counters for Prometheus',
    description:
      'In the text format 0.0.4, summed over all workers; counters of workers that died stay counted.',
    tags: ['metrics'],
  };
  app.get('/metrics', { schema: prometheus }, async (_, reply) => {
    const values = await gatherings.gather(metricsTopic, gatherTimeoutMs);
    const registry = AggregatorRegistry.aggregate(values as object[]);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
