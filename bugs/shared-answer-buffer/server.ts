import { runCluster } from '../kit/cluster.ts';
import { gatewayRecords, serveGateway, sharedRecords } from '../kit/gateway-server.ts';

/** A gateway that collects the answer in a field of the one object that serves all requests of a worker. */
class Collector {
  #answer = '';

  async collect(parts: AsyncIterable<string>): Promise<string> {
    this.#answer = '';
    for await (const part of parts) this.#answer += part;
    return this.#answer;
  }
}

runCluster(gatewayRecords(), async (ask) => {
  const collector = new Collector();
  await serveGateway({ ...sharedRecords(ask), collect: (parts) => collector.collect(parts) });
});
