import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import type { UpstreamOutcome } from '../model/model-call.ts';
import { exactSeconds, PlainCounter, PlainHistogram } from './plain-metrics.ts';
import { tokenCount } from './usage-tally.ts';

/** From a bare proxy's answer to a long stream, in seconds. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What one worker counts for Prometheus. No label carries a caller's text: routes, settings and statuses only. */
export interface Prometheus {
  readonly registry: Registry;
  /** Counts the requests that `app` gets from now on. */
  count(app: FastifyInstance): void;
  observe(outcome: UpstreamOutcome): void;
}

export function createPrometheus(workerIndex: number): Prometheus {
  const registry = new Registry();
  const counter = (name: string, help: string, ...labelNames: readonly string[]) =>
    new PlainCounter(registry, { name, help, labelNames });
  const histogram = (name: string, help: string, ...labelNames: readonly string[]) =>
    new PlainHistogram(registry, { name, help, labelNames }, durationBuckets);

  const requests = counter(
    'gateway_http_requests_total',
    'Requests that are over, by route and status; 499 when the client went before the end of its answer.',
    ...['method', 'route', 'status'],
  );
  const durations = histogram(
    'gateway_http_request_duration_seconds',
    'From the head of a request to the end of its answer, streams included.',
    'route',
  );
  const calls = counter(
    'gateway_upstream_requests_total',
    'Requests to agents and providers, by how they ended.',
    ...['upstream', 'result'],
  );
  const latencies = histogram(
    'gateway_upstream_request_duration_seconds',
    'Whole answers of agents and providers.',
    'upstream',
  );
  const firsts = histogram(
    'gateway_upstream_first_chunk_seconds',
    'To the first piece of a streamed answer.',
    'upstream',
  );
  const tokens = counter(
    'gateway_upstream_tokens_total',
    'Tokens as agents and providers reported them.',
    ...['upstream', 'direction'],
  );
  let open = 0;
  addProcessMetrics(registry, String(workerIndex), () => open);

  const over = (request: FastifyRequest, reply: FastifyReply) => {
    open -= 1;
    const { url: route = 'unknown' } = request.routeOptions;
    const isSocket = reply.raw.statusCode === 101;
    const status = reply.raw.writableFinished || isSocket ? reply.raw.statusCode : 499;
    requests.add([request.method, route, String(status)]);
    // The life of a socket is no answer.
    if (isSocket) return;
    durations.observe([route], reply.elapsedTime / 1_000);
  };
  return {
    registry,
    count: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        open += 1;
        reply.raw.on('close', () => over(request, reply));
        done();
      });
    },
    observe: ({ upstream, result, latencyMs, firstMs, usage }) => {
      calls.add([upstream, result]);
      if (firstMs !== undefined) firsts.observe([upstream], firstMs / 1_000);
      if (result !== 'success') return;
      latencies.observe([upstream], latencyMs / 1_000);
      if (usage === undefined) return;
      tokens.add([upstream, 'input'], tokenCount(usage.prompt_tokens));
      tokens.add([upstream, 'output'], tokenCount(usage.completion_tokens));
    },
  };
}

function addProcessMetrics(registry: Registry, worker: string, open: () => number): void {
  new Gauge({
    name: 'gateway_open_requests',
    help: 'Requests whose answer is not over.',
    labelNames: ['worker'],
    registers: [registry],
    collect() {
      this.set({ worker }, open());
    },
  });
  new Gauge({
    name: 'gateway_worker_resident_memory_bytes',
    help: 'Resident memory of each worker.',
    labelNames: ['worker'],
    registers: [registry],
    collect() {
      this.set({ worker }, process.memoryUsage.rss());
    },
  });
  let told = 0;
  new Counter({
    name: 'gateway_process_cpu_seconds_total',
    help: 'Processor time of all workers, those included that have ended.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      const seconds = exactSeconds((user + system) / 1e6);
      this.inc(seconds - told);
      told = seconds;
    },
  });
}
