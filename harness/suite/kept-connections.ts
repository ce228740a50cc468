import http from 'node:http';
import { keepFreeMs } from '../workers/tunnel-agent.ts';

/**
 * Has clients that name no agent close free connections before servers do. Node's own agent keeps them for 5 s, and so
 * do servers such as uvicorn: a request could go out on one that is being closed.
 */
export function keepConnectionsBriefly(): void {
  http.globalAgent = new http.Agent({ keepAlive: true, timeout: keepFreeMs });
}

/**
 * Closes the connections that requests of a test file have left open. The agent outlives the file, whose clients are
 * loaded anew for the next one: each copy of axios would put one more listener on the same sockets.
 */
export function endKeptConnections(): void {
  http.globalAgent.destroy();
}
