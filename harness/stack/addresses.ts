import type { StackPlan } from './plan-stack.ts';
import type { PlannedService } from './planned-service.ts';

/** Where something that the stack started can reach a service, as `host:port`. */
export type Reach = (service: PlannedService & { mode: 'start' }) => string;

/**
 * Rewrites `service:port` in a configuration value to what the driver makes of it: a loopback port, a container name
 * or the URL of a remote service. Addresses of absent services stay as they are and are unreachable.
 */
export function rewriteAddresses(text: string, plan: StackPlan, reach: Reach): string {
  let result = text;
  for (const service of plan.services) {
    const own = `${service.spec.name}:${service.spec.port.container}`;
    if (!result.includes(own)) continue;
    if (service.mode === 'start') result = replaceHost(result, own, reach(service));
    if (service.mode === 'remote') result = result.replace(originOf(own), service.url);
  }
  return result;
}

/** `gateway:8000` must not match inside `my-gateway:8000` or `gateway:80001`. */
function replaceHost(text: string, own: string, address: string): string {
  return text.replace(new RegExp(`(?<![\\w.-])${own}(?!\\d)`, 'g'), address);
}

/** The whole origin: a remote service may have another scheme or, for the database, other credentials and name. */
function originOf(own: string): RegExp {
  return new RegExp(`\\w+://(?:[^@/\\s]+@)?${own}(?!\\d)(?:/gauntlet\\b)?`, 'g');
}
