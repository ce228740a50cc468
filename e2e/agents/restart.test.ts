/** @alone */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import {
  type AgentAnswer,
  askAgent,
  ended,
  granted,
  type ShownRun,
  start,
  statusOf,
} from '../../harness/suite/agents/agent-client.ts';
import { logged, openLog, outputIn, readLog, type SeenLog } from '../../harness/suite/agents/agent-log.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { journalOf, release } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
let done: ShownRun;
let doneLog: SeenLog;
let underWay: string;
let underWayLog: SeenLog;
const held = newOperation({ tokens: 8, hold: 4 });
const keyed = newOperation({ say: 'once' });
const idempotencyKey = randomUUID();
let firstAnswer: AgentAnswer;

const startKeyed = () =>
  askAgent('POST', '/start', { model, prompt: `Hi ${keyed.mark}` }, { idempotencyKey });

/** Runs that are complete and under way, then a restart of all workers. */
beforeAll(async () => {
  await needs('agents');
  await needsScriptedAgents();
  model = await textModel();
  const run = await start(model, 'My name is Alice');
  done = await ended(run.session_id);
  doneLog = await readLog(run.session_id);
  firstAnswer = await startKeyed();
  await ended(firstAnswer.body.session_id);
  underWay = (await start(model, `Hi ${held.mark}`)).session_id;
  const log = openLog(underWay);
  await log.untilOutput('w3');
  await restartService('gateway');
  underWayLog = await log.whole;
}, 180_000);

// covers 001/agent-resume
test('a run that was complete is the same after the restart, and so is its log', async () => {
  expect(await statusOf(done.session_id)).toEqual(done);
  expect(logged((await readLog(done.session_id)).lines)).toEqual(logged(doneLog.lines));
});

// covers 001/agent-continuation
test('it is continued with all that was said before', async () => {
  await granted('POST', `/${done.session_id}/messages`, { content: 'What is my name?' });
  expect((await ended(done.session_id)).output).toContain('Alice');
});

test('a key that was used before has its first answer', async () => {
  const again = await startKeyed();
  expect([again.status, again.body]).toEqual([firstAnswer.status, firstAnswer.body]);
  expect(await journalOf(keyed.id)).toHaveLength(1);
});

// covers 001/agent-resume
test('a run that was under way was interrupted, keeps what was said, and is resumed', async () => {
  const left = await ended(underWay);
  expect(left).toMatchObject({ status: 'interrupted', turn: 1, attempt: 1 });
  const before = await readLog(underWay);
  expect(left.output).toBe(outputIn(before.lines, 1));
  const seen = logged(underWayLog.lines);
  expect(logged(before.lines).slice(0, seen.length)).toEqual(seen);
  await release(held.id);
  await granted('POST', `/${underWay}/resume`);
  expect(await ended(underWay)).toMatchObject({
    status: 'completed',
    output: 'w1 w2 w3 w4 w5 w6 w7 w8',
    attempt: 2,
  });
  expect((await journalOf(held.id)).length).toBe(2);
});
