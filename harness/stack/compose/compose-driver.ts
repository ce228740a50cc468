import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DockerComposeEnvironment, Wait } from 'testcontainers';
import { type GauntletError, gauntletError } from '../../errors.ts';
import { caBundleFromEnvironment } from '../../images/ca-bundle.ts';
import { imagesForServices } from '../../images/catalogue.ts';
import {
  type ImageMode,
  imageVariables,
  type ResolvedImage,
  resolveImages,
} from '../../images/resolve-images.ts';
import { type Driver, type Origin, type Prepared, type Progress, startedServices } from '../driver.ts';
import { ownerName } from '../owner.ts';
import type { StackPlan } from '../plan-stack.ts';
import { packageVersion } from '../process/versions.ts';
import { untilRemoteHealthy } from '../remote-health.ts';
import { projectName } from '../remove-run.ts';
import { runFolder } from '../run-folder.ts';
import { DeadlinePassed, exitedService, lateService, lookCloser, StartFailure } from '../start-failure.ts';
import type { Supervisor } from '../supervisor/client.ts';
import { supervisorVariable } from '../sweep.ts';
import { watchContainers } from './container-watch.ts';
import { composeOverride } from './override.ts';

/** Where the CA bundle of E2E_CA_BUNDLE is mounted in containers. */
const caInContainer = '/run/gauntlet-ca.crt';

/** Brings a stack up as containers, with testcontainers' DockerComposeEnvironment on compose.yaml. */
export const composeDriver: Driver = {
  async prepare(plan, progress, signal): Promise<Prepared> {
    const own = startedServices(plan).filter(({ source }) => source.kind !== 'image');
    const names = imagesForServices(own.map(({ spec }) => spec.name));
    const caBundle = caBundleFromEnvironment(process.env);
    const images = await resolveImages(names, {
      mode: imageMode(process.env.E2E_IMAGES),
      registry: process.env.E2E_REGISTRY,
      caBundle,
      onProgress: (image, line, isDone = false) => {
        const user = own.find(({ spec }) => imagesForServices([spec.name])[0] === image);
        if (user) progress(user.spec.name, isDone ? 'prepared' : 'preparing', `image ${image} · ${line}`);
      },
      signal,
    });
    const prepared: StackPlan = {
      ...plan,
      variables: {
        ...plan.variables,
        ...imageVariables(images),
        ...(caBundle ? { E2E_CA_BUNDLE: caBundle, CONTAINER_CA_BUNDLE: caInContainer } : {}),
      },
    };
    return {
      plan: prepared,
      origins: origins(plan, images),
      up: (supervisor, tell, upSignal) => up(prepared, supervisor, tell, upSignal),
    };
  },
};

async function up(
  plan: StackPlan,
  supervisor: Supervisor,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const services = startedServices(plan);
  const ready = new Set<string>();
  // Only the first end has a cause of its own: compose removes the others after it.
  let death: (() => StartFailure) | undefined;
  const details = new Map(services.map(({ spec }) => [spec.name, 'not started yet']));
  const stopWatching = await watchContainers(plan.runId, {
    started: (name) => {
      details.set(name, 'health check has not succeeded yet');
      progress(name, 'waiting', 'started');
    },
    healthy: (name) => {
      ready.add(name);
      progress(name, 'ready', '');
    },
    died: (name, code) => {
      if (signal.aborted || death) return;
      const closer = lookCloser(plan.driver, name);
      // Made when it is thrown: by then the last lines of the log have arrived.
      const before = !ready.has(name);
      death = () => exitedService(plan.runId, name, `code ${code}`, before, closer);
      progress(name, 'failed', `exited with code ${code}`);
    },
  });
  const files = [basename(plan.composeFile)];
  const override = composeOverride(plan);
  if (override) {
    const path = join(runFolder(plan.runId), 'override.yaml');
    writeFileSync(path, override, { mode: 0o600 });
    files.push(path);
  }
  const profiles = [...new Set(services.flatMap(({ spec }) => spec.profiles))];
  const environment = new DockerComposeEnvironment(dirname(plan.composeFile) || '.', files)
    .withProjectName(projectName(plan.runId))
    .withProfiles(...profiles)
    .withEnvironment({ ...plan.variables, [supervisorVariable]: ownerName(supervisor.pid ?? 0) })
    .withAutoCleanup(false)
    // `--wait` has seen the health checks; nothing is left to wait for.
    .withDefaultWaitStrategy(Wait.forAll([]))
    .withClientOptions({ commandOptions: ['--wait', '--quiet-pull', '--no-build'] });

  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
  try {
    await Promise.race([environment.up(services.map(({ spec }) => spec.name)), stopped]);
    await Promise.race([
      stopped,
      Promise.all(
        services
          .filter(({ source }) => source.kind !== 'own')
          .map(({ spec, hostPort }) =>
            untilRemoteHealthy(spec, `http://127.0.0.1:${hostPort}`, progress, signal),
          ),
      ),
    ]);
    if (death) throw death();
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof DeadlinePassed)) throw signal.reason;
    if (error instanceof StartFailure) throw error;
    if (death) throw death();
    const late = services.find(({ spec }) => !ready.has(spec.name))?.spec.name ?? '';
    if (signal.reason instanceof DeadlinePassed) {
      progress(late, 'failed', details.get(late) ?? '');
      throw lateService(
        plan.runId,
        late,
        signal.reason.afterMs,
        details.get(late) ?? '',
        lookCloser(plan.driver, late),
      );
    }
    throw composeError(plan, error as Error);
  } finally {
    stopWatching();
  }
}

/** Puts what compose said into one of our errors. */
function composeError(plan: StackPlan, error: Error): GauntletError {
  const text = error.message;
  const port = /(?:bind for|listen tcp[46]?) [\d.]+:(\d+)/i.exec(text)?.[1];
  if (port && /already (?:allocated|in use)/.test(text)) {
    const owner = startedServices(plan).find(({ hostPort }) => hostPort === Number(port));
    return gauntletError('GNT_PORT_TAKEN', port, owner?.spec.name, owner?.spec.port.variable);
  }
  if (
    /Cannot connect to the Docker daemon|error during connect|ECONNREFUSED|socket hang up|unexpected EOF/.test(
      text,
    )
  ) {
    return gauntletError('GNT_ENGINE_LOST', text.trim().split('\n').at(-1));
  }
  const unhealthy = /container (?:gauntlet-[0-9a-f]+-)?([\w-]+?)-\d+ is unhealthy/.exec(text)?.[1];
  const said = text.trim().split('\n').at(-1) ?? '';
  if (unhealthy) {
    const failure = gauntletError(
      'GNT_UP_FAILED',
      `${unhealthy} is unhealthy`,
      `npx gauntlet logs ${unhealthy}`,
    );
    return new StartFailure(failure, unhealthy, '');
  }
  return gauntletError('GNT_UP_FAILED', said, 'docker compose config');
}

function origins(plan: StackPlan, images: Partial<Record<string, ResolvedImage>>): Record<string, Origin> {
  return Object.fromEntries(
    startedServices(plan).map(({ spec, source }) => {
      const name = imagesForServices([spec.name])[0];
      const image = name && images[name];
      if (source.kind === 'image' || !image) return [spec.name, { from: 'pulled' as const }];
      // That image is Node with our services in it: its version says less than theirs.
      return [
        spec.name,
        { from: image.from, version: name === 'node' ? packageVersion(spec.name) : image.version },
      ];
    }),
  );
}

function imageMode(value: string | undefined): ImageMode {
  if (value === undefined || value === '') return 'auto';
  if (value === 'auto' || value === 'pull' || value === 'build') return value;
  throw gauntletError('GNT_USAGE', `E2E_IMAGES=${value} is unknown; it is auto, pull or build.`);
}
