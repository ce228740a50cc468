import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openaiError } from '../../kit/openai-error.ts';
import { isOpenRoute } from './open-routes.ts';

/** What a request says of the page that it comes from. */
export interface PageClaim {
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site` (W3C, Fetch Metadata): said by the browser, not by the page. */
  readonly site: string | undefined;
  /** The address that the request was sent to, forwarded headers of trusted proxies included. */
  readonly protocol: string;
  readonly host: string;
}

/**
 * Whether the page may ask. Who is no browser sends no origin, and needs none; a browser that tells of another site's page
 * must name an origin of the list, letter by letter: scheme, host and port are as browsers write them (RFC 6454 §6.2), so
 * that no other case, port, scheme or suffix is the same. `null` never is.
 */
export function mayAsk({ origin, site, protocol, host }: PageClaim, allowed: ReadonlySet<string>): boolean {
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  return allowed.has(origin) || (origin === `${protocol}://${host}` && isOwnName(host));
}

/**
 * Our own pages may ask, where they were asked for by address: a name could be anybody's that was made to lead here (DNS
 * rebinding). A service with a name has it on the list.
 */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

const claimOf = ({ headers, protocol, host }: FastifyRequest): PageClaim => {
  const site = headers['sec-fetch-site'];
  return { origin: headers.origin, site: typeof site === 'string' ? site : undefined, protocol, host };
};

/**
 * The `Access-Control-Allow-Origin` of an answer: none for what is no page, everybody's on routes that need no key, the
 * asking page's own elsewhere.
 */
export function corsOrigin(request: FastifyRequest): string | undefined {
  const { origin } = request.headers;
  // Most callers are no browsers, and to look at the route costs more than the rest of this.
  if (origin === undefined) return undefined;
  return isOpenRoute(request.routeOptions.url) ? '*' : origin;
}

/** Refuses pages of other origins with 403 before anything else is looked at, sockets and preflights included. */
export function addOrigins(app: FastifyInstance, allowed: ReadonlySet<string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request;
    if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return done();
    if (isOpenRoute(request.routeOptions.url) || mayAsk(claimOf(request), allowed)) return done();
    for (const name of ['allow-origin', 'expose-headers']) reply.removeHeader(`access-control-${name}`);
    done(openaiError(403, 'The origin is not allowed.', 'permission_error', 'origin_not_allowed'));
  });
}
