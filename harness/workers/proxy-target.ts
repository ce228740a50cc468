import { ScopeError } from './scope-error.ts';

/** What a proxy request names: a service, and a worker of it by index or pid, or none for any worker. */
export interface ProxyTarget {
  readonly service: string;
  readonly worker?: { readonly index?: number; readonly pid?: number };
}

/**
 * Parses `gateway`, `gateway.w2`, `gateway.p12345`, each with or without a port (which is ignored: the scope
 * knows where the service listens).
 * @throws ScopeError GNT_SCOPE_BAD_REQUEST
 */
export function parseProxyTarget(authority: string): ProxyTarget {
  const match = /^(?<service>[a-z0-9_.-]+?)(?:\.(?<worker>[wp]\d{1,9}))?(?::\d{1,5})?$/i.exec(authority);
  const service = match?.groups?.service;
  if (!service) {
    throw new ScopeError(
      'GNT_SCOPE_BAD_REQUEST',
      'The proxy target is not of the form <service>.w<index>:<port>.',
    );
  }
  const worker = match.groups?.worker;
  return worker ? { service, worker: parseWorkerName(worker) } : { service };
}

/**
 * Parses `2`, `w2` (index) or `p12345` (pid).
 * @throws ScopeError GNT_SCOPE_BAD_REQUEST
 */
export function parseWorkerName(name: string): { readonly index?: number; readonly pid?: number } {
  const match = /^(?<kind>[wp]?)(?<number>\d{1,9})$/i.exec(name);
  if (!match) throw new ScopeError('GNT_SCOPE_BAD_REQUEST', 'A worker is named w<index> or p<pid>.');
  const number = Number(match.groups?.number);
  return match.groups?.kind?.toLowerCase() === 'p' ? { pid: number } : { index: number };
}
