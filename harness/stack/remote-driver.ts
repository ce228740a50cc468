import type { Driver } from './driver.ts';

/** Starts nothing: every service is given by URL, and asking their health paths is all there is to do. */
export const remoteDriver: Driver = {
  async prepare(plan) {
    return { plan, origins: {}, up: async () => undefined };
  },
};
