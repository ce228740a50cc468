import { runCluster } from '../kit/cluster.ts';
import { serveGateway } from '../kit/gateway-server.ts';

/** A gateway that keeps the records of debugged requests in the worker that served them. */
runCluster({}, async () => {
  const records = new Map<string, string>();
  await serveGateway({
    keepRecord: async (id, op) => void records.set(id, op),
    recordOf: async (id) => records.get(id),
  });
});
