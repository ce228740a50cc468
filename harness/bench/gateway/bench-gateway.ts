import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { onBenchStack } from '../bench-stack.ts';
import { ratiosOf, rowOf } from './figures.ts';
import { Load } from './load.ts';
import { type MessagesFigures, measureMessages } from './messages.ts';
import { measureReaders, type ReadersFigures } from './readers.ts';
import { measureRounds, type Rounds, warmRequests } from './rounds.ts';
import { measureStreams, type StreamsFigures } from './streams.ts';
import { isSubjectName, type SubjectName, subjectNames } from './subject.ts';
import { stackVariables, startProvider, startSubjects } from './subjects.ts';
import { messagesLine, ratioLines, readersLine, streamsLines, tableLines } from './table.ts';

const extras = ['messages', 'streams', 'readers'] as const;
type Extra = (typeof extras)[number];

export interface GatewayBench {
  readonly rounds: number;
  /** Subjects and extras, all without it. The direct way is always there. */
  readonly only?: readonly string[];
  readonly jsonFile?: string;
}

interface GatewayFigures {
  readonly rounds?: Rounds;
  readonly messages?: MessagesFigures;
  readonly streams?: StreamsFigures;
  readonly readers?: ReadersFigures;
}

/**
 * What a request costs through ways of ours and of others, each measured beside a bare proxy on Node.
 *
 * @throws when `only` names something unknown
 */
export async function benchGateway({ rounds, only, jsonFile }: GatewayBench): Promise<void> {
  const names = only ?? [...subjectNames, ...extras];
  const unknown = names.find((name) => !isSubjectName(name) && !isExtra(name));
  if (unknown !== undefined)
    throw new Error(`--only knows ${[...subjectNames, ...extras].join(', ')}; not ${unknown}`);
  const wanted = new Set<SubjectName>(['direct', ...names.filter(isSubjectName)]);
  const wants = (extra: Extra) => names.includes(extra);
  if (wants('messages')) for (const name of ['bare', 'gateway'] as const) wanted.add(name);
  const provider = await startProvider();
  try {
    const profiles = wanted.has('litellm') ? ['core', 'litellm'] : ['core'];
    await onBenchStack({ profiles, environment: stackVariables(provider.url) }, async ({ record }) => {
      const started = await startSubjects(wanted, provider.url, record);
      const loads = new Map(started.subjects.map((subject) => [subject.name, new Load(subject)]));
      for (const line of started.absent) console.log(line);
      const figures: { -readonly [Key in keyof GatewayFigures]: GatewayFigures[Key] } = {};
      try {
        const gateway = record.services.gateway?.url ?? '';
        // Before the rounds, which warm the heap up: memory for each stream would hide in what they left.
        if (wants('streams')) {
          figures.streams = await measureStreams(gateway, record.runId);
          for (const line of streamsLines(figures.streams)) console.log(line);
        }
        if (wants('readers')) {
          figures.readers = await measureReaders(gateway, record.runId);
          console.log(readersLine(figures.readers));
        }
        if (loads.size > 1) {
          const all = await measureRounds(loads, rounds, (round) => {
            if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${rounds} `);
          });
          figures.rounds = all;
          const rows = started.subjects.map(({ name, title }) => ({ title, ...rowOf(all, name) }));
          console.log(
            `medians of ${rounds} interleaved rounds, each way warmed by ${warmRequests} requests of a kind`,
          );
          for (const line of tableLines(rows)) console.log(line);
          if (all.bare) {
            const others = started.subjects.filter(({ name }) => name !== 'direct' && name !== 'bare');
            for (const { name, title } of others) {
              for (const line of ratioLines(title, ratiosOf(all, name), name === 'gateway'))
                console.log(line);
            }
          }
        }
        if (wants('messages')) {
          figures.messages = await measureMessages(loads, rounds);
          console.log(messagesLine(figures.messages));
        }
      } finally {
        for (const load of loads.values()) await load.close();
        await started.stop();
      }
      const machine = { cores: cpus().length, load: loadavg()[0], node: process.version };
      if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify({ ...machine, ...figures }, null, 2)}\n`);
    });
  } finally {
    await provider.stop();
  }
}

const isExtra = (name: string): name is Extra => extras.some((known) => known === name);
