import { beforeEach, expect, test } from '@jest/globals';
import { claudeCode, gauntlet } from '../../../harness/smoke/command.ts';
import { startOwn } from '../../../harness/smoke/own-service.ts';
import { needsTarget, targetNames } from '../../../harness/smoke/target.ts';
import { waitForJournal } from '../../../harness/suite/journal.ts';
import { needsScriptedMessages } from '../../../harness/suite/messages/caller.ts';
import { newOperation } from '../../../harness/suite/operation.ts';
import { ownKey } from '../../../harness/suite/responses/caller.ts';
import { runId, service } from '../../../harness/suite/stack.ts';
import { until } from '../../../harness/suite/until.ts';

beforeEach(() => needsTarget('cli'));

// covers 003/target-cli
test('the command tells of the stack that it runs in', async () => {
  const { exitCode, output } = await gauntlet(['status', '--json']);
  expect(exitCode).toBe(0);
  const { stacks } = JSON.parse(output) as { stacks: { runId: string; services: object }[] };
  const own = stacks.find((stack) => stack.runId === runId());
  expect(own?.services).toMatchObject({ gateway: { workers: service('gateway').workers } });
});

// covers 003/target-cli
// covers 003/targets
test('a target that does not exist ends the command before anything starts, with those that do', async () => {
  const { exitCode, output } = await gauntlet(['e2e', '--suites', 'smoke'], { E2E_TARGETS: 'api,teelgram' });
  expect(exitCode).not.toBe(0);
  expect(output).toContain('"teelgram" is no target');
  for (const target of targetNames) expect(output).toContain(target);
  expect(output).not.toMatch(/· run /);
});

// covers 003/target-cli
test('the entry point of a service starts it, and a signal ends it with all its workers', async () => {
  const memory = await startOwn('memory', {});
  try {
    await memory.ready();
    expect((await fetch(`${memory.url}/health`)).status).toBe(200);
  } finally {
    await memory.stop();
  }
  expect(await memory.ended()).toBe(0);
  await until('nobody to listen there', () =>
    fetch(`${memory.url}/health`).then(
      () => false,
      () => true,
    ),
  );
});

// covers 003/target-cli
test('Claude Code prints what the model says through the gateway', async () => {
  await needsScriptedMessages();
  const { id, mark } = newOperation({ say: 'SMOKE PONG' });
  const { exitCode, output } = await claudeCode(service('gateway').url, ownKey(), `Say it ${mark}`);
  expect(output).toContain('SMOKE PONG');
  expect(exitCode).toBe(0);
  await waitForJournal(id, 'completed');
});
