import { globalAgent } from 'node:http';

/**
 * Closes the connections that requests of a test file have left open. Node's own agent outlives the file, whose clients
 * are loaded anew for the next one: each copy of axios would put one more listener on the same sockets.
 */
export function endKeptConnections(): void {
  globalAgent.destroy();
}
