import { runService } from '../kit/cluster/cluster.ts';

await runService({
  name: 'memory',
  // Loaded by the workers only: the primary answers no requests.
  createServer: async (context) => (await import('./server.ts')).createMemoryServer(context),
});
