/** How long a task may stay without a sign of the worker that runs it: longer than any of them takes. */
const leaseMs = 1_000;

/** Tasks, timers and what they left, for the primary: what a database would hold. */
export function taskTable() {
  const results = new Map<string, string[]>();
  const keys = new Set<string>();
  const tasks = new Map<string, { state: string; seenAt: number }>();
  const timers = new Map<string, { list: string; dueAt: number }>();
  const dueTimers = () => [...timers].filter(([, { dueAt }]) => dueAt <= Date.now()).map(([name]) => name);
  return {
    results: (list: string) => results.get(list) ?? [],
    append: (list: string, value: string) => void results.set(list, [...(results.get(list) ?? []), value]),
    /** Whether this key is new; from now on it is not. */
    claimKey: (key: string) => {
      if (keys.has(key)) return false;
      keys.add(key);
      return true;
    },
    setState: (task: string, state: string) => void tasks.set(task, { state, seenAt: Date.now() }),
    state: (task: string) => tasks.get(task)?.state,
    /** Ends tasks whose worker has not been seen for the length of a lease. */
    endLost: () => {
      for (const task of tasks.values()) {
        if (task.state === 'running' && Date.now() - task.seenAt > leaseMs) task.state = 'failed';
      }
    },
    setTimer: (name: string, list: string, inMs: number) =>
      void timers.set(name, { list, dueAt: Date.now() + inMs }),
    dueTimers,
    /** Takes the timers that are due, so that nobody else does. */
    takeDue: () => {
      const taken = dueTimers().map((name) => ({ name, list: timers.get(name)?.list ?? '' }));
      for (const { name } of taken) timers.delete(name);
      return taken;
    },
    timer: (name: string) => timers.get(name)?.list,
    removeTimer: (name: string) => void timers.delete(name),
  };
}
