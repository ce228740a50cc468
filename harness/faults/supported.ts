import type { Fault } from '../plan/fault.ts';
import type { FaultTarget } from './applied-fault.ts';
import { providerDirective } from './provider-directives.ts';

/** Why a fault cannot be applied to this stack; undefined when it can. */
export function unsupported(fault: Fault, { record, scope }: FaultTarget): string | undefined {
  switch (fault.on) {
    case 'client':
      return undefined;
    case 'worker':
      return scope ? undefined : 'the stack has no scope';
    case 'service': {
      const state = record.services[fault.service]?.state;
      if (state === undefined || state === 'absent') return `${fault.service} is not there`;
      if (state === 'remote') return `${fault.service} runs elsewhere`;
      if (record.driver !== 'compose' && fault.action === 'disconnect') return 'disconnect needs containers';
      return undefined;
    }
    case 'stream':
      if (fault.through === 'wire') {
        const { link = '' } = fault;
        return record.links?.some(({ name }) => name === link)
          ? undefined
          : `the wire does not stand on "${link}"`;
      }
      if ('connection' in fault.target) return 'the provider finds operations, not connections';
      return providerDirective(fault) === undefined
        ? `nothing here can ${fault.effect.kind} this stream`
        : undefined;
  }
}
