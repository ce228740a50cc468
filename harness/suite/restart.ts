import { join } from 'node:path';
import { execa } from 'execa';
import { readComposeFile } from '../stack/compose-file.ts';
import type { PlannedService } from '../stack/planned-service.ts';
import { packageRoot, toLaunch } from '../stack/process/launch.ts';
import { untilHealthy } from '../stack/process/readiness.ts';
import { projectName } from '../stack/remove-run.ts';
import { connectSupervisor } from '../stack/supervisor/client.ts';
import { skip } from './skip.ts';
import { driver, runId, service, stackVariables } from './stack.ts';

type Started = PlannedService & { mode: 'start' };

/**
 * Ends a service and starts it again on the same port; resolves when all its workers are ready. The file that calls
 * this says `@alone` in its docblock. Skips the test where the service does not run here.
 *
 * @param boundMs for the service to become ready
 */
export async function restartService(name: string, boundMs = 300_000): Promise<void> {
  if (service(name).remote) skip(`${name} runs elsewhere and cannot be restarted from here`);
  if (driver() === 'compose') await restartContainer(name, boundMs);
  else await restartProcess(name, boundMs);
}

async function restartProcess(name: string, boundMs: number): Promise<void> {
  const started = startedService(name);
  const plan = {
    runId: runId(),
    driver: driver(),
    composeFile: join(packageRoot, 'compose.yaml'),
    workers: service(name).workers,
    services: [started],
    links: [],
    variables: stackVariables(),
    secrets: [],
  };
  const { healthcheck, order } = toLaunch(plan, started, []);
  const supervisor = await connectSupervisor(runId());
  try {
    await supervisor.restart(name);
  } finally {
    supervisor.close();
  }
  let last = 'no check yet';
  const tell = (why: string) => {
    last = why;
  };
  const bound = AbortSignal.timeout(boundMs);
  await untilHealthy(healthcheck, order.environment, order.cwd, tell, bound).catch((cause) => {
    throw new Error(`${name} was not ready again within ${boundMs} ms: ${last}`, { cause });
  });
}

function startedService(name: string): Started {
  const specs = readComposeFile(join(packageRoot, 'compose.yaml'), stackVariables());
  const spec = specs.find((each) => each.name === name);
  if (!spec) throw new Error(`compose.yaml has no service "${name}"`);
  return { mode: 'start', spec, source: { kind: 'own' }, hostPort: Number(new URL(service(name).url).port) };
}

async function restartContainer(name: string, boundMs: number): Promise<void> {
  const labels = [`com.docker.compose.project=${projectName(runId())}`, `com.docker.compose.service=${name}`];
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  const { stdout: id } = await execa('docker', ['ps', '--all', '--quiet', ...filters], { timeout: 30_000 });
  // Listening begins before the restart, so that its end cannot be missed.
  const events = execa(
    'docker',
    ['events', '--filter', `container=${id}`, '--filter', 'event=health_status', '--format', '{{.Action}}'],
    { timeout: boundMs, reject: false },
  );
  try {
    await execa('docker', ['restart', '--time', '5', id], { timeout: 60_000 });
    let healthy = false;
    for await (const action of events) {
      if (action !== 'health_status: healthy') continue;
      healthy = true;
      // The loop ends when the process does, not when it is left.
      events.kill();
    }
    if (!healthy) throw new Error(`the container of ${name} was not healthy again within ${boundMs} ms`);
  } finally {
    events.kill();
  }
}
