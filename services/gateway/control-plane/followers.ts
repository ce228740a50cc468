import { tooManyFollowers } from './control-error.ts';

/** Counts what one worker streams, so that no tenant takes all of it. */
export interface Followers {
  /** Counts one in until it is disposed of. @throws ControlError 429 when the tenant, or the worker, has enough */
  enter(tenant: string): Disposable;
}

export function createFollowers(maxOfTenant: number, maxOfWorker: number): Followers {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    enter(tenant) {
      const count = counts.get(tenant) ?? 0;
      if (count >= maxOfTenant || all >= maxOfWorker) throw tooManyFollowers();
      counts.set(tenant, count + 1);
      all += 1;
      let isOut = false;
      return {
        [Symbol.dispose]: () => {
          if (isOut) return;
          isOut = true;
          all -= 1;
          const left = (counts.get(tenant) ?? 1) - 1;
          if (left === 0) counts.delete(tenant);
          else counts.set(tenant, left);
        },
      };
    },
  };
}
