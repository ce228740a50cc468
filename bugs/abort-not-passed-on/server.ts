import { runCluster } from '../kit/cluster.ts';
import { gatewayRecords, serveGateway, sharedRecords } from '../kit/gateway-server.ts';

/** A gateway that reads the stream upstream to its end, though its client has hung up. */
runCluster(gatewayRecords(), async (ask) => {
  await serveGateway({ ...sharedRecords(ask), upstreamSignal: () => undefined });
});
