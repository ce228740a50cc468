/** What a limiter says to a request of a key that is decided at a moment by a worker. */
export type Limiter = (key: string, at: number, worker: number) => boolean;
export type MakeLimiter = (random: () => number) => Limiter;

export const limit = 5;
export const windowMs = 1_000;

function perKey<S>(make: () => S, decide: (state: S, at: number) => boolean): Limiter {
  const states = new Map<string, S>();
  return (key, at) => {
    const state = states.get(key) ?? make();
    states.set(key, state);
    return decide(state, at);
  };
}

export const slidingLimiter: MakeLimiter = () =>
  perKey(
    () => ({ times: [] as number[] }),
    (state, at) => {
      state.times = state.times.filter((time) => time > at - windowMs);
      return state.times.length < limit && state.times.push(at) > 0;
    },
  );

export const clockLimiter: MakeLimiter = (random) => {
  const origin = random() * windowMs;
  const counts = new Map<string, number>();
  return (key, at) => {
    const place = `${key} ${Math.floor((at - origin) / windowMs)}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    return (counts.get(place) ?? 0) <= limit;
  };
};

export const firstRequestLimiter: MakeLimiter = () =>
  perKey(
    () => ({ until: Number.NEGATIVE_INFINITY, count: 0 }),
    (state, at) => {
      if (at >= state.until) {
        state.until = at + windowMs;
        state.count = 0;
      }
      state.count += 1;
      return state.count <= limit;
    },
  );

export const bucketLimiter: MakeLimiter = () =>
  perKey(
    () => ({ tokens: limit, at: Number.NaN }),
    (state, at) => {
      const gained = Number.isNaN(state.at) ? 0 : ((at - state.at) * limit) / windowMs;
      state.tokens = Math.min(limit, state.tokens + gained);
      state.at = at;
      if (state.tokens < 1) return false;
      state.tokens -= 1;
      return true;
    },
  );

/** Each worker counts for itself. */
export const perWorker =
  (make: MakeLimiter): MakeLimiter =>
  (random) => {
    const limiters = [make(random), make(random)];
    return (key, at, worker) => (limiters[worker] as Limiter)(key, at, worker);
  };

/** The worker was started again in the middle of everything, and has forgotten. */
export const forgetful =
  (make: MakeLimiter): MakeLimiter =>
  (random) => {
    let limiter = make(random);
    let asked = 0;
    return (key, at, worker) => {
      asked += 1;
      if (asked % 9 === 0) limiter = make(random);
      return limiter(key, at, worker);
    };
  };

/** Reads the count, and writes it back later: who asks in the meantime is not counted. */
export const racing =
  (make: MakeLimiter): MakeLimiter =>
  (random) => {
    const limiter = make(random);
    let lastAt = Number.NEGATIVE_INFINITY;
    return (key, at, worker) => {
      const isBeside = at - lastAt < 4;
      lastAt = at;
      return isBeside || limiter(key, at, worker);
    };
  };

/** Twice as many as allowed in every window. */
export const doubled: MakeLimiter = (random) => {
  const origin = random() * windowMs;
  const counts = new Map<string, number>();
  return (key, at) => {
    const place = `${key} ${Math.floor((at - origin) / windowMs)}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    return (counts.get(place) ?? 0) <= 2 * limit;
  };
};

/** Refuses some that it should admit. */
export const stingy =
  (make: MakeLimiter): MakeLimiter =>
  (random) => {
    const limiter = make(random);
    let asked = 0;
    return (key, at, worker) => {
      asked += 1;
      return asked > 2 && limiter(key, at, worker);
    };
  };
