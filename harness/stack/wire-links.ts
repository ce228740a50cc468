import getPort from 'get-port';
import { gauntletError } from '../errors.ts';
import type { PlannedService } from './planned-service.ts';

/** A link of the stack that the wire stands on. */
export interface WireLink {
  /** `from>to`; from is `client` or a service. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Port of the wire as `from` sees it. */
  readonly listen: number;
  /** Port on the host, for links of clients. */
  readonly hostPort?: number;
}

/** Links that the user named, and links that are used where the stack has them. */
export interface WantedLinks {
  readonly named: readonly string[];
  readonly welcome: readonly string[];
}

/** Ports of the wire in its container: 9500 is its control API. */
const firstContainerPort = 9501;

/** Services whose own traffic is not the stack's. */
const apart = ['scope', 'wire'];

/**
 * Links that a stack can have: a service whose environment holds the address of another one, and clients to each. Both
 * ends run here, since only then the address is the run's to change.
 */
export function possibleLinks(services: readonly PlannedService[]): readonly string[] {
  const started = services.filter(({ mode, spec }) => mode === 'start' && !apart.includes(spec.name));
  return started.flatMap(({ spec: to }) => {
    const address = new RegExp(`(?<![\\w.-])${to.name}:${to.port.container}(?!\\d)`);
    const users = started.filter(
      ({ spec }) =>
        spec.name !== to.name && Object.values(spec.environment).some((text) => address.test(text)),
    );
    return [`client>${to.name}`, ...users.map(({ spec }) => `${spec.name}>${to.name}`)];
  });
}

/**
 * Chooses the links and their ports. Without containers each port is one of the host.
 * @throws GauntletError GNT_USAGE for a named link that the stack cannot have
 */
export async function planLinks(
  { named, welcome }: WantedLinks,
  services: readonly PlannedService[],
  hasContainers: boolean,
): Promise<readonly WireLink[]> {
  const possible = possibleLinks(services);
  const unknown = named.find((name) => !possible.includes(name));
  if (unknown !== undefined) {
    throw gauntletError(
      'GNT_USAGE',
      `--wire: "${unknown}" is no link of this stack; links: ${possible.join(', ')}.`,
    );
  }
  const names = [...new Set([...named, ...welcome.filter((name) => possible.includes(name))])];
  return Promise.all(
    names.map(async (name, index): Promise<WireLink> => {
      const [from = '', to = ''] = name.split('>');
      if (hasContainers && from !== 'client') return { name, from, to, listen: firstContainerPort + index };
      const hostPort = await getPort({ host: '127.0.0.1' });
      return { name, from, to, listen: hasContainers ? firstContainerPort + index : hostPort, hostPort };
    }),
  );
}

/** WIRE_LINKS (stubs/README.md, "Wire"); the drivers rewrite its addresses like all others. */
export function wireLinksVariable(links: readonly WireLink[], services: readonly PlannedService[]): string {
  return JSON.stringify(
    links.map(({ name, to, listen }) => {
      const port = services.find(({ spec }) => spec.name === to)?.spec.port.container;
      return { name, listen, target: `${to}:${port}` };
    }),
  );
}

/** The port of the wire at which a service finds another one; undefined when nothing stands between them. */
export function linkPort(links: readonly WireLink[], from: string, to: string): number | undefined {
  return links.find((link) => link.from === from && link.to === to)?.listen;
}
