import { runCluster } from './cluster.ts';
import { gatewayRecords, serveGateway, sharedRecords } from './gateway-server.ts';

/** The gateway of the kit without a bug. */
runCluster(gatewayRecords(), (ask) => serveGateway(sharedRecords(ask)));
