import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { caBundleFromEnvironment } from '../images/ca-bundle.ts';
import { catalogue, imageNames } from '../images/catalogue.ts';
import { imageVariables, resolveImages } from '../images/resolve-images.ts';
import { packageRoot } from '../stack/process/launch.ts';
import { median, spread } from './statistics.ts';

const profiles = ['core', 'litellm', 'ollama', 'open-webui'];

/**
 * `gauntlet up` against `docker compose up -d --wait` on the same file with the same images, paired and interleaved.
 * Both are whole commands, from start to exit.
 */
export async function benchUp(rounds: number): Promise<void> {
  const caBundle = caBundleFromEnvironment(process.env);
  const images = await resolveImages(imageNames, { mode: 'auto', caBundle });
  const environment = {
    ...imageVariables(images),
    ...(caBundle ? { E2E_CA_BUNDLE: caBundle, CONTAINER_CA_BUNDLE: '/run/gauntlet-ca.crt' } : {}),
  };
  console.log(`up to all healthy, ${Object.keys(catalogue).length} images present, ${rounds} pairs`);
  const ratios: number[] = [];
  const raw: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const sides = [
      () => rawUp(environment).then((ms) => raw.push(ms)),
      () => ownUp().then((ms) => own.push(ms)),
    ];
    for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
    ratios.push((own.at(-1) as number) / (raw.at(-1) as number));
    console.log(
      `  docker compose ${seconds(raw.at(-1))}   gauntlet ${seconds(own.at(-1))}   ratio ${ratios.at(-1)?.toFixed(3)}`,
    );
  }
  console.log(
    `  median: docker compose ${seconds(median(raw))}   gauntlet ${seconds(median(own))}   ratio ${median(ratios).toFixed(3)} (${spread(ratios, 3)})`,
  );
}

async function rawUp(environment: Record<string, string>): Promise<number> {
  const project = `bench-${randomBytes(3).toString('hex')}`;
  const compose = ['compose', '--project-name', project, ...profiles.flatMap((name) => ['--profile', name])];
  const options = { cwd: packageRoot, env: { ...environment, GAUNTLET_RUN: project } };
  const startedAt = performance.now();
  try {
    await execa('docker', [...compose, 'up', '--detach', '--wait'], options);
    return performance.now() - startedAt;
  } finally {
    await execa('docker', [...compose, 'down', '--volumes', '--timeout', '0'], options);
  }
}

async function ownUp(): Promise<number> {
  const command = (...args: string[]) =>
    execa(process.execPath, ['harness/cli/main.ts', ...args], { cwd: packageRoot });
  const startedAt = performance.now();
  const { stdout } = await command('up', '--driver', 'compose');
  const ms = performance.now() - startedAt;
  await command('down', /run ([0-9a-f]{6})/.exec(stdout)?.[1] ?? '');
  return ms;
}

const seconds = (ms: number | undefined) => `${((ms ?? Number.NaN) / 1000).toFixed(2)} s`;
