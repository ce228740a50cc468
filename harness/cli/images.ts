import type { Command } from 'commander';
import { caBundleFromEnvironment } from '../images/ca-bundle.ts';
import { imageNames } from '../images/catalogue.ts';
import { resolveImages } from '../images/resolve-images.ts';
import { interruptSignal } from './interrupts.ts';
import { tell } from './progress.ts';

export function addImagesCommand(program: Command): void {
  program
    .command('images')
    .description('make sure that all images are there')
    .option('--pull', 'only pull official images')
    .option('--build', 'only build from package registries')
    .action(async ({ pull, build }: { pull?: true; build?: true }) => {
      const images = await resolveImages(imageNames, {
        mode: pull ? 'pull' : build ? 'build' : 'auto',
        registry: process.env.E2E_REGISTRY,
        caBundle: caBundleFromEnvironment(process.env),
        onProgress: (image, line) => tell(`  ${image.padEnd(12)} ${line}`),
        signal: interruptSignal(),
      });
      for (const [name, { reference, from, fresh, version }] of Object.entries(images)) {
        console.log(`${name.padEnd(12)} ${version.padEnd(10)} ${fresh ? from : 'present'}  ${reference}`);
      }
    });
}
