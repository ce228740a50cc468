import type { Json } from '../../plan/json.ts';
import type { History } from '../events.ts';
import { mulberry32 } from './mulberry32.ts';
import { play } from './resource-play.ts';
import { cap, type Part, ResourceWorld } from './resource-world.ts';
import type { Simulation } from './simulated.ts';

const correct = (seed: number) => {
  const world = new ResourceWorld();
  const random = mulberry32(seed);
  play(world, random, 20 + Math.floor(random() * 120), 0.06);
  for (const request of [world.list(), world.walk('offset'), world.look('old1'), world.listFull()])
    world.ask(request);
  return { history: world.history };
};

/** A run in which one thing goes wrong while nothing else does. */
function planted(plant: (world: ResourceWorld) => void): (seed: number) => { readonly history: History } {
  return (seed) => {
    const world = new ResourceWorld();
    const random = mulberry32(seed);
    play(world, random, Math.floor(random() * 40), 0);
    plant(world);
    play(world, random, Math.floor(random() * 20), 0);
    return { history: world.history };
  };
}

/** Something that is there. */
function present(world: ResourceWorld): string {
  world.ask(world.create(1));
  return world.all[0] ?? '';
}

/** Gives one of the parts of a request another answer than it had. */
const saying = (place: number, answer: Json) => (parts: readonly Part[]) => {
  const part = parts[place];
  if (part) part.answer = answer;
};

const answering = (change: (shown: readonly string[]) => readonly string[]) => (parts: readonly Part[]) => {
  const [first] = parts;
  if (first) first.answer = change(first.answer as readonly string[]);
};

const without = (name: string) => answering((shown) => shown.filter((each) => each !== name));

const subject = 'resource';

/** Simulations for the checkers of resources. */
export const resourceSimulations: readonly Simulation[] = [
  {
    check: { checker: 'item-life' },
    subject,
    correct,
    anomalies: {
      'one id twice': planted((world) => {
        const id = `id of ${present(world)}`;
        world.ask(world.create(1), saying(1, id));
      }),
      'not found, though nobody deleted it': planted((world) =>
        world.ask(world.look(present(world)), saying(0, false)),
      ),
      'found after its deletion': planted((world) => {
        const name = present(world);
        world.ask(world.remove(name));
        world.ask(world.look(name), saying(0, true));
      }),
      'found after all were deleted': planted((world) => {
        const name = present(world);
        world.ask(world.clear());
        world.ask(world.look(name), saying(0, true));
      }),
      'deleted twice': planted((world) => {
        const name = present(world);
        const [one, other] = [world.remove(name), world.remove(name)];
        const ends = [world.begin(7, one), world.begin(8, other)];
        for (const effect of one.effects) effect();
        for (const { parts } of [one, other]) if (parts[1]) parts[1].answer = true;
        for (const end of ends) end('ok');
      }),
    },
  },
  {
    check: { checker: 'pages' },
    subject,
    correct,
    anomalies: {
      'an element between two pages is lost': planted((world) => {
        const name = present(world);
        world.ask(world.walk('offset'), without(name));
      }),
      'an element is on two pages': planted((world) => {
        const name = present(world);
        world.ask(
          world.walk('cursor'),
          answering((shown) => [...shown, name]),
        );
      }),
      'a page shows what was removed': planted((world) => {
        const name = present(world);
        world.ask(world.remove(name));
        world.ask(
          world.walk('offset'),
          answering((shown) => [name, ...shown]),
        );
      }),
    },
  },
  {
    check: { checker: 'totals' },
    subject,
    correct,
    anomalies: {
      'a creation is not counted': planted((world) => {
        world.ask(world.clear());
        present(world);
        world.ask(world.list(), saying(1, world.all.length - 1));
      }),
      'a removal is not counted': planted((world) => {
        world.ask(world.clear());
        world.ask(world.remove(present(world)));
        world.ask(world.list(), saying(1, world.all.length + 1));
      }),
    },
  },
  {
    check: { checker: 'list-order' },
    subject,
    correct,
    anomalies: {
      'two elements are swapped': planted((world) => {
        const [older, newer] = [present(world), present(world)];
        world.ask(
          world.list(),
          answering(([, , ...others]) => [older, newer, ...others]),
        );
      }),
    },
  },
  {
    check: { checker: 'all-or-nothing' },
    subject,
    correct,
    anomalies: {
      'half of a request is shown': planted((world) => {
        world.ask(world.create(3));
        world.ask(world.list(), without(world.all[1] ?? ''));
      }),
      'a refused request is shown in part': planted((world) => {
        const request = world.create(2);
        const end = world.begin(7, request);
        const [first] = request.parts;
        end('fail');
        world.ask(
          world.list(),
          answering((shown) => [String(first?.value), ...shown]),
        );
      }),
    },
  },
  {
    check: { checker: 'capped' },
    subject,
    correct,
    anomalies: {
      'one more than the cap': planted((world) => {
        world.ask(world.insert());
        world.ask(
          world.listFull(),
          answering((shown) => [...shown, 'f0']),
        );
      }),
      'the newest is dropped': planted((world) => {
        world.ask(world.insert());
        world.ask(
          world.listFull(),
          answering(([, ...others]) => ['f0', ...others]),
        );
      }),
      'the oldest is kept': planted((world) => {
        world.ask(world.insert());
        const [oldest = ''] = world.full;
        for (let count = 0; count < cap; count += 1) world.ask(world.insert());
        world.ask(
          world.listFull(),
          answering((shown) => [...shown.slice(0, -1), oldest]),
        );
      }),
      'too many are dropped': planted((world) => {
        world.ask(world.insert());
        world.ask(
          world.listFull(),
          answering((shown) => shown.slice(0, 1)),
        );
      }),
    },
  },
];
