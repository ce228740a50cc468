import { type EventFrame, readFrames } from '../event-frames.ts';
import type { ResponseEvent } from './event-types.ts';

/** The events in the frames of a stream of responses, and what is wrong with its frames (rule `frame`). */
export const readEvents = (frames: readonly EventFrame[]) =>
  readFrames<ResponseEvent>(frames, { noDone: 'a stream of responses has no [DONE]', unnamed: 'message' });
