import { hash } from 'node:crypto';

const prefix = 'tenant:';

/**
 * The id under which a tenant's debugged request is kept, here and by the agents. Request ids are chosen by clients: one
 * that is used by two tenants names two requests, and neither finds the other's. Without a key ids are what they are.
 */
export function scopedId(tenant: string, requestId: string): string {
  if (tenant === 'anonymous' && !requestId.startsWith(prefix)) return requestId;
  return `${prefix}${hash('sha256', `${tenant}\n${requestId}`, 'hex')}`;
}
