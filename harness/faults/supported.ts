import type { Fault } from '../plan/fault.ts';
import type { FaultStep } from '../plan/plan.ts';
import type { FaultTarget } from './applied-fault.ts';
import { providerDirective } from './provider-directives.ts';

/** Why a fault cannot be applied to this stack; undefined when it can. */
export function unsupported(fault: Fault, { record, scope }: FaultTarget): string | undefined {
  switch (fault.on) {
    case 'client':
      return undefined;
    case 'worker':
      if (!scope) return 'the stack has no scope';
      // Without a link it is of the workload's own service, where the client knows who answers.
      return typeof fault.worker === 'number' || fault.worker.link === undefined
        ? undefined
        : missingLink(fault.worker.link, record.links);
    case 'service': {
      const state = record.services[fault.service]?.state;
      if (state === undefined || state === 'absent') return `${fault.service} is not there`;
      if (state === 'remote') return `${fault.service} runs elsewhere`;
      if (record.driver !== 'compose' && fault.action === 'disconnect') return 'disconnect needs containers';
      return undefined;
    }
    case 'link':
      return missingLink(fault.link, record.links);
    case 'stream':
      if (fault.through === 'wire') {
        return missingLink(fault.link ?? '', record.links);
      }
      if ('connection' in fault.target) return 'the provider finds operations, not connections';
      return providerDirective(fault) === undefined
        ? `nothing here can ${fault.effect.kind} this stream`
        : undefined;
  }
}

/** The same of a fault and of when it is to fire. */
export function unsupportedStep({ fault, when }: FaultStep, target: FaultTarget): string | undefined {
  const why = unsupported(fault, target);
  if (why !== undefined || !when || !('atUpstream' in when)) return why;
  const { links = [] } = target.record;
  if (when.link !== undefined) return missingLink(when.link, links);
  const service = 'service' in fault ? fault.service : '';
  return links.some(({ name }) => name.endsWith(`>${service}`))
    ? undefined
    : `the wire stands on no link to ${service}, so nothing tells when an operation arrives there`;
}

const missingLink = (link: string, links: FaultTarget['record']['links'] = []): string | undefined =>
  links.some(({ name }) => name === link) ? undefined : `the wire does not stand on "${link}"`;
