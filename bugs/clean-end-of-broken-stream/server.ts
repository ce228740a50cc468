import { runCluster } from '../kit/cluster.ts';
import { gatewayRecords, serveGateway, sharedRecords } from '../kit/gateway-server.ts';

/** A gateway that ends every stream well, whatever became of the one it relays. */
runCluster(gatewayRecords(), async (ask) => {
  await serveGateway({ ...sharedRecords(ask), brokenEnd: () => ['data: [DONE]\n\n'] });
});
