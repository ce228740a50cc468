import type { EffectPlan } from '../fault-plan.ts';
import { CutAfterBytes, DelayFirstByte, Slice, Throttle } from './byte-effects.ts';
import type { Effect, Ending, Live } from './effect.ts';
import { FrameEffect, type FrameProgram } from './frame-effect.ts';
import * as programs from './frame-programs.ts';
import { StatusEffect } from './status-effect.ts';

/** The effect that a plan names, ready for the bytes of one exchange or connection. @throws RangeError for one of a link */
export function effectOf(plan: EffectPlan, live: Live): Effect {
  switch (plan.kind) {
    case 'cut':
      if (plan.afterFrames !== undefined)
        return new FrameEffect(programs.cutAfterFrames(plan.afterFrames, plan.by, live));
      return cut({ afterBytes: plan.afterBytes ?? 0, ofBody: plan.of === 'body' }, ending(plan.by), live);
    case 'cut-in-character':
      if (plan.frame !== undefined)
        return new FrameEffect(programs.cutInCharacter(plan.frame, plan.by, live));
      return cut({ afterBytes: plan.afterBytes ?? 0, insideCharacter: true }, ending(plan.by), live);
    case 'half-open':
      if (plan.afterFrames !== undefined)
        return new FrameEffect(programs.cutAfterFrames(plan.afterFrames, 'half-open', live));
      return cut({ afterBytes: plan.afterBytes ?? 0 }, 'half-open', live);
    case 'refuse':
      return cut({ afterBytes: 0 }, plan.by === 'fin' ? 'fin' : 'rst', live);
    case 'slice':
      return new Slice(plan.bytes, plan.pauseMs ?? 0, live);
    case 'throttle':
      return new Throttle(plan.bytesPerSecond, live);
    case 'status':
      return new StatusEffect(plan.status, plan.retryAfterS, live);
    case 'delay': {
      const rest =
        plan.perFrameMs === undefined
          ? undefined
          : new FrameEffect(programs.delayFrames(plan.perFrameMs, 'every', live));
      if (plan.delayMs === undefined && rest !== undefined) return rest;
      return new DelayFirstByte(plan.delayMs ?? 0, live, rest);
    }
    case 'lag':
    case 'sever':
      throw new RangeError(`${plan.kind} is of a link, not of a connection`);
    default:
      return new FrameEffect(programOf(plan, live));
  }
}

type FramePlan = Extract<EffectPlan, { kind: 'duplicate' | 'reorder' | 'malformed' | 'slow-first-token' }>;

function programOf(plan: FramePlan, live: Live): FrameProgram {
  switch (plan.kind) {
    case 'duplicate':
      return programs.duplicate(plan.frame, live);
    case 'reorder':
      return programs.reorder(plan.frame, live);
    case 'malformed':
      return programs.malform(plan.frame, live);
    case 'slow-first-token':
      return programs.delayFrames(plan.delayMs, 'first', live);
  }
}

interface Position {
  readonly afterBytes: number;
  readonly ofBody?: boolean;
  readonly insideCharacter?: boolean;
}

function cut(
  { afterBytes, ofBody = false, insideCharacter = false }: Position,
  by: Ending,
  live: Live,
): Effect {
  return new CutAfterBytes({ afterBytes, ofBody, insideCharacter }, by, live);
}

/** `end` is refused for byte positions when the plan is checked. */
function ending(by: 'fin' | 'rst' | 'silence' | 'end'): Ending {
  return by === 'end' ? 'fin' : by;
}
