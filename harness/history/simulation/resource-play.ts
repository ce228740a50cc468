import type { Random, Request, ResourceWorld } from './resource-world.ts';

interface Running {
  readonly request: Request;
  readonly end: ReturnType<ResourceWorld['begin']>;
  done: number;
}

const clients = 3;

/** Random clients at work on a world, each with one request at a time. */
export function play(world: ResourceWorld, random: Random, steps: number, lost: number): void {
  const running = new Map<number, Running>();
  /** Effects of requests whose answers were lost: they come later, or never. */
  const late: (() => void)[] = [];
  const step = (client: number, isLast: boolean) => {
    const current = running.get(client);
    if (!current) {
      if (isLast) return;
      const request = anyRequest(world, random);
      running.set(client, { request, end: world.begin(client, request), done: 0 });
    } else if (!isLast && random() < lost) {
      running.delete(client);
      current.end('unknown');
      if (current.request.effects.length === 1 && current.done === 0) late.push(...current.request.effects);
    } else if (current.done < current.request.effects.length) {
      // Pages come in bursts, so that walks end.
      const until = Math.min(current.request.effects.length, current.done + 1 + Math.floor(random() * 12));
      for (; current.done < until; current.done += 1) current.request.effects[current.done]?.();
    } else {
      running.delete(client);
      current.end('ok');
    }
  };
  for (let left = steps; left > 0; left -= 1) {
    step(1 + Math.floor(random() * clients), false);
    if (random() < 0.1) late.splice(Math.floor(random() * late.length), 1)[0]?.();
  }
  for (let round = 0; round < 40; round += 1)
    for (let client = 1; client <= clients; client += 1) step(client, true);
}

function anyRequest(world: ResourceWorld, random: Random): Request {
  const known = world.names[Math.floor(random() * world.names.length)] ?? 'old1';
  const choices: readonly (() => Request)[] = [
    () => world.create(1),
    () => world.create(2),
    () => world.create(3),
    () => world.remove(known),
    () => world.remove(known),
    () => world.look(known),
    () => world.look(known),
    () => world.list(),
    () => world.list(),
    () => world.walk('offset'),
    () => world.walk('cursor'),
    () => world.insert(),
    () => world.listFull(),
    ...(random() < 0.3 ? [() => world.clear()] : []),
  ];
  return (choices[Math.floor(random() * choices.length)] ?? choices[0] ?? (() => world.list()))();
}
