import { runService } from '../kit/cluster/cluster.ts';

await runService({
  name: 'bridge',
  // Loaded by the workers only: the primary answers no requests.
  createServer: async (context) => (await import('./server.ts')).createBridge(context),
});
