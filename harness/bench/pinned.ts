import { Agent, type Dispatcher, request } from 'undici';
import { openScope } from '../workers/client.ts';
import { onBenchStack } from './bench-stack.ts';
import { median, quantile, spread } from './statistics.ts';

const workers = 4;
const pairs = 500;
const connects = 100;

/** What it costs to be sure which worker answers: requests on kept connections, and on fresh ones to a chosen worker. */
export async function benchPinned(): Promise<void> {
  await onBenchStack({ profiles: ['core'], workers }, async ({ record: { services, variables } }) => {
    const scope = openScope(services.scope?.url ?? '', variables.SCOPE_TOKEN ?? '');
    const kept = new Agent({ connections: 1 });
    const url = services.memory?.url ?? '';
    const { baseUrl, dispatcher } = scope.proxyFor('memory', 1);
    const plain = () => timed(`${url}/health`, kept);
    const pinned = () => timed(`${baseUrl}/health`, dispatcher);
    for (let warm = 0; warm < 50; warm += 1) {
      await plain();
      await pinned();
    }
    const added: number[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      const base = await plain();
      added.push((await pinned()) - base);
    }
    console.log(
      `a pinned request on a kept connection, ${pairs} pairs: ${milliseconds(added)} more than unpinned`,
    );

    const found: number[] = [];
    for (let connect = 0; connect < connects; connect += 1) {
      const agent = new Agent({ pipelining: 0 });
      const base = await timed(`${url}/health`, agent);
      await agent.close();
      // A scope client of its own has no tunnel yet.
      const fresh = openScope(services.scope?.url ?? '', variables.SCOPE_TOKEN ?? '');
      const proxy = fresh.proxyFor('memory', (connect % workers) + 1);
      found.push((await timed(`${proxy.baseUrl}/health`, proxy.dispatcher)) - base);
      await fresh.close();
    }
    console.log(
      `the first request to a chosen one of ${workers} workers, ${connects} connections: ${milliseconds(found)} more`,
    );
    await kept.close();
    await scope.close();
  });
}

async function timed(url: string, dispatcher: Dispatcher): Promise<number> {
  const startedAt = performance.now();
  const { body, statusCode } = await request(url, { dispatcher });
  await body.dump();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return performance.now() - startedAt;
}

const milliseconds = (values: readonly number[]) =>
  `median ${median(values).toFixed(2)} ms (${spread(values)}), p99 ${quantile(values, 0.99).toFixed(2)} ms`;
