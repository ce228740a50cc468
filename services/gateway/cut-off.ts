import { openaiError } from '../kit/openai-error.ts';

/** Left over of the drain for error answers and frames to reach their clients. */
const FAREWELL_MS = 300;

/** A signal that aborts shortly before a drain of `drainMs` is over, with the error that requests then end with. */
export function cutOffBeforeDrainEnds(draining: AbortSignal, drainMs: number): AbortSignal {
  const controller = new AbortController();
  const cut = () =>
    controller.abort(openaiError(503, 'The gateway is shutting down.', 'server_error', 'shutting_down'));
  draining.addEventListener('abort', () => setTimeout(cut, Math.max(0, drainMs - FAREWELL_MS)).unref(), {
    once: true,
  });
  return controller.signal;
}
