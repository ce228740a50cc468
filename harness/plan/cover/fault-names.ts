import type { Fault, StreamEffect } from '../fault.ts';
import type { FaultStep, Trigger } from '../plan.ts';

/** What a step of a plan covers: the same name for all faults that a hunt does not tell apart. */
export const coveredBy = ({ fault, when }: FaultStep, frames?: number, isWhole?: boolean): string =>
  faultName(fault, when, frames, isWhole);

/** @param isWhole it is aimed at an operation that is answered in one piece */
export function faultName(
  fault: Fault,
  when: Trigger | undefined,
  frames: number | undefined,
  isWhole = false,
): string {
  if (isWhole && (fault.on === 'client' || fault.on === 'stream'))
    return `${faultName(fault, when, frames)}, under a whole answer`;
  switch (fault.on) {
    case 'worker':
      return `${fault.action} a worker of ${fault.service} ${momentOf(when)}`;
    case 'service':
      return `${fault.action} ${fault.service} ${momentOf(when)}`;
    case 'link':
      return `${fault.action} ${fault.link} ${momentOf(when)}`;
    case 'client':
      return fault.action === 'abort'
        ? `a client hangs up ${placeOf(fault.afterFrames, frames)}`
        : 'a client reads slowly';
    case 'stream':
      return `${effectName(fault.effect, frames)} ${fault.link === undefined ? 'at the provider' : `on ${fault.link}`}`;
  }
}

/** Triggers without frames are told by what they wait for. */
function momentOf(when: Trigger | undefined): string {
  if (!when) return 'with its phase';
  if ('atUpstream' in when) return placeOf(0, undefined);
  return 'afterFrames' in when ? placeOf(when.afterFrames, undefined) : 'between operations';
}

function placeOf(afterFrames: number, frames: number | undefined): string {
  if (afterFrames === 0) return 'before the first frame';
  return frames !== undefined && afterFrames >= frames ? 'before the terminal' : 'between frames';
}

function effectName(effect: StreamEffect, frames: number | undefined): string {
  if (effect.kind === 'status') return `status ${effect.status === 429 ? 429 : '5xx'}`;
  if (effect.kind !== 'cut' && effect.kind !== 'end') return effect.kind;
  return `${effect.kind} ${'afterFrames' in effect ? placeOf(effect.afterFrames, frames) : 'inside a frame'}`;
}
