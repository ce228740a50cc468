import type { Ledger } from '../../suite/ledgers/ledger.ts';
import { median } from '../statistics.ts';
import type { ResourceSample } from './resources.ts';

/** Younger ones still fill their caches, and their heap has not been collected once. */
const warmMs = 20_000;

export function disturbanceLine(
  forMs: number,
  killed: ReadonlyMap<string, number>,
  restarts: number,
): string {
  const total = [...killed.values()].reduce((sum, count) => sum + count, 0);
  const each = [...killed].map(([service, count]) => `${service} ${count}`).join(', ');
  return `${(forMs / 60_000).toFixed(1)} minutes, ${total} workers killed (${each}), PostgreSQL restarted ${restarts} times\n`;
}

/** What was acknowledged of each kind, and what of it was not as it has to be, as a Markdown table. */
export function ledgerLines(
  ledgers: readonly Ledger[],
  findings: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const rows = ledgers.map(({ name, acknowledged, refusals }) => {
    const unanswered = refusals.filter(({ status }) => status === 0).length;
    const refused = refusals.filter(({ status }) => status >= 400).length;
    const wrong = findings.get(name)?.length ?? 0;
    const verdict = `${wrong} ${wrong === 0 ? '✔' : '✗'}`;
    return [name, counted(acknowledged.length), counted(refused), counted(unanswered), verdict];
  });
  const head = ['', 'acknowledged', 'refused', 'without an answer', 'lost, doubled or out of order'];
  return tableOf([head, head.map(() => '---'), ...rows]);
}

/** Memory and descriptors of the workers that lived longest: at first and at last. */
export function flatLines(
  samples: readonly ResourceSample[],
  services: readonly string[],
): readonly string[] {
  const rows = services.map((service) => {
    const lives = [...Map.groupBy(samples, ({ process }) => process).values()].filter(
      ([first]) => first?.service === service,
    );
    const longest = lives.toSorted((a, b) => lifeOf(b) - lifeOf(a))[0] ?? [];
    const warm = longest.filter(({ ageMs }) => ageMs >= warmMs);
    const part = Math.max(1, Math.floor(warm.length / 3));
    const change = (of: (sample: ResourceSample) => number) =>
      warm.length < 3
        ? 'not long enough'
        : `${median(warm.slice(0, part).map(of)).toFixed(0)} → ${median(warm.slice(-part).map(of)).toFixed(0)}`;
    return [
      service,
      `${(lifeOf(longest) / 1000).toFixed(0)} s`,
      change(({ residentMb }) => residentMb),
      change(({ descriptors }) => descriptors),
    ];
  });
  const head = [
    'the worker that lived longest',
    'seen for',
    'resident MB, first and last third',
    'descriptors',
  ];
  return tableOf([head, head.map(() => '---'), ...rows]);
}

const lifeOf = (samples: readonly ResourceSample[]): number => samples.at(-1)?.ageMs ?? 0;

const counted = (count: number): string => count.toLocaleString('en');

export const tableOf = (rows: readonly (readonly string[])[]): readonly string[] =>
  rows.map((cells) => `| ${cells.join(' | ')} |`);
