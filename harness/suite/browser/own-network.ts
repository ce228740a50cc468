import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Generous: it takes a tenth of a second where nothing else runs. */
const startMs = 20_000;
const entrance = fileURLToPath(new URL('enter-network.sh', import.meta.url));

/**
 * Besides the loopback it gets an interface with an address of RFC 5737: a browser with a loopback alone calls itself offline.
 * Link-local addresses of IPv6, which come a second later, would be a change.
 */
const prepare = `
  ip link set lo up || exit
  ip link add net0 type veth peer name net1 && {
    ip link set net0 addrgenmode none
    ip link set net1 addrgenmode none
    ip address add 192.0.2.1/24 dev net0
    ip link set net0 up
    ip link set net1 up
  }
  exec "$@"
`;

/** Listens in there, hands the listener to the parent, and keeps the network until that one leaves. */
const hold = `
  const listener = require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1', () =>
    process.send('listening', listener, () => listener.close()));
  process.on('disconnect', () => process.exit());
`;

/** A network namespace whose loopback leads to one address outside, and nowhere else. */
export interface OwnNetwork {
  /** How to start a program in it: this one instead, with these variables and the arguments of the program. */
  entering(program: string): { readonly file: string; readonly env: Readonly<Record<string, string>> };
  close(): void;
}

/**
 * Makes a network that does not change with the machine's.
 * @param to what 127.0.0.1 leads to there, on the same port
 * @returns undefined where the system has no such namespaces, or refuses them, or lacks `unshare` or `ip`
 */
export async function ownNetwork(
  to: { readonly host: string; readonly port: number },
  environment = process.env,
): Promise<OwnNetwork | undefined> {
  const command = [process.execPath, '--eval', hold, String(to.port)];
  const holder = spawn('unshare', ['--map-root-user', '--net', 'sh', '-c', prepare, 'sh', ...command], {
    env: environment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const bounded = { signal: AbortSignal.timeout(startMs) };
  const [, listener] = await Promise.race([
    once(holder, 'message', bounded) as Promise<[string, Server]>,
    once(holder, 'exit', bounded).then(() => []),
  ]).catch(() => []);
  if (!listener) {
    holder.kill();
    return undefined;
  }
  listener.on('connection', (inside: Socket) => {
    const outside = connect(to.port, to.host);
    // The end of either is the end of both; what failed is seen by the one that asked.
    pipeline(inside, outside, inside, () => {});
  });
  return {
    entering: (program) => ({
      file: entrance,
      env: { NETWORK_HOLDER: String(holder.pid), PROGRAM: program },
    }),
    close: () => {
      listener.close();
      if (holder.connected) holder.disconnect();
    },
  };
}
