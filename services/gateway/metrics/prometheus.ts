import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { UpstreamOutcome } from '../model/model-call.ts';
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
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_http_requests_total',
    help: 'Requests that are over, by route and status; 499 when the client went before the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, streams included.',
    labelNames: ['route'],
    buckets: durationBuckets,
    registers,
  });
  const calls = new Counter({
    name: 'gateway_upstream_requests_total',
    help: 'Requests to agents and providers, by how they ended.',
    labelNames: ['upstream', 'result'],
    registers,
  });
  const latencies = new Histogram({
    name: 'gateway_upstream_request_duration_seconds',
    help: 'Whole answers of agents and providers.',
    labelNames: ['upstream'],
    buckets: durationBuckets,
    registers,
  });
  const firsts = new Histogram({
    name: 'gateway_upstream_first_chunk_seconds',
    help: 'To the first piece of a streamed answer.',
    labelNames: ['upstream'],
    buckets: durationBuckets,
    registers,
  });
  const tokens = new Counter({
    name: 'gateway_upstream_tokens_total',
    help: 'Tokens as agents and providers reported them.',
    labelNames: ['upstream', 'direction'],
    registers,
  });
  const open = new Gauge({
    name: 'gateway_open_requests',
    help: 'Requests whose answer is not over.',
    labelNames: ['worker'],
    registers,
  });
  const worker = String(workerIndex);
  open.set({ worker }, 0);
  addProcessMetrics(registry, worker);

  const over = (request: FastifyRequest, reply: FastifyReply) => {
    open.dec({ worker });
    const { url: route = 'unknown' } = request.routeOptions;
    const isSocket = reply.raw.statusCode === 101;
    const status = reply.raw.writableFinished || isSocket ? reply.raw.statusCode : 499;
    requests.inc({ method: request.method, route, status });
    // The life of a socket is no answer.
    if (isSocket) return;
    durations.observe({ route }, reply.elapsedTime / 1_000);
  };
  return {
    registry,
    count: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        open.inc({ worker });
        reply.raw.once('close', () => over(request, reply));
        done();
      });
    },
    observe: ({ upstream, result, latencyMs, firstMs, usage }) => {
      calls.inc({ upstream, result });
      if (firstMs !== undefined) firsts.observe({ upstream }, firstMs / 1_000);
      if (result !== 'success') return;
      latencies.observe({ upstream }, latencyMs / 1_000);
      if (usage === undefined) return;
      tokens.inc({ upstream, direction: 'input' }, tokenCount(usage.prompt_tokens));
      tokens.inc({ upstream, direction: 'output' }, tokenCount(usage.completion_tokens));
    },
  };
}

function addProcessMetrics(registry: Registry, worker: string): void {
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
      const seconds = (user + system) / 1e6;
      this.inc(seconds - told);
      told = seconds;
    },
  });
}
