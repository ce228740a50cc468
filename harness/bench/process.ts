import { execa } from 'execa';
import { packageRoot } from '../stack/process/launch.ts';
import { median, spread } from './statistics.ts';

/** Process driver, core profile: how long until ready and until gone, each the whole command. */
export async function benchProcess(rounds: number): Promise<void> {
  const up: number[] = [];
  const down: number[] = [];
  const command = (...args: string[]) =>
    execa(process.execPath, ['harness/cli/main.ts', ...args], { cwd: packageRoot });
  for (let round = 0; round < rounds; round++) {
    let startedAt = performance.now();
    const { stdout } = await command('up', '--driver', 'process', '--profiles', 'core');
    up.push((performance.now() - startedAt) / 1000);
    startedAt = performance.now();
    await command('down', /run ([0-9a-f]{6})/.exec(stdout)?.[1] ?? '');
    down.push((performance.now() - startedAt) / 1000);
  }
  console.log(`process driver, core profile, median of ${rounds}`);
  console.log(
    `  ready ${median(up).toFixed(2)} s (${spread(up)})   down ${median(down).toFixed(2)} s (${spread(down)})`,
  );
}
