/** Milliseconds since the epoch with a fraction, on the clock of all histories; it never goes back. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A time that another process of this machine read off its wall clock, on the clock of histories. */
export const fromWallClock = (at: number): number => at + (now() - Date.now());
