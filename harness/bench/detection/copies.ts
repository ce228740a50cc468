import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../stack/process/launch.ts';
import { type Mutant, mutated } from './mutant.ts';
import { replacedServices, type SubjectName, subjectNames, subjects } from './subject.ts';

/**
 * A copy of each subject below one temporary folder, and for each service of the stack a file that names what it starts
 * next. Each subject has a copy of its own: what they share is mutated for one of them alone.
 */
export class Copies {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gauntlet-detection-'));
  readonly #mutatedFiles = new Map<SubjectName, string>();

  constructor() {
    for (const name of subjectNames) {
      const root = join(this.#folder, name);
      mkdirSync(root);
      for (const folder of subjects[name].folders) {
        cpSync(join(packageRoot, folder), join(root, folder), {
          recursive: true,
          filter: (path) => !path.endsWith('node_modules'),
        });
      }
      symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'));
      cpSync(join(packageRoot, 'package.json'), join(root, 'package.json'));
    }
    for (const name of subjectNames.toReversed()) this.choose(name);
  }

  /** Variables that make a stack start its services from here. */
  environment(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      replacedServices.map((service) => [
        `${service.toUpperCase().replaceAll('-', '_')}_COMMAND`,
        `exec node "$(cat '${this.#entryFile(service)}')"`,
      ]),
    );
  }

  /** From its next start on, the service of a subject is that one. */
  choose(name: SubjectName): void {
    const { service, entry } = subjects[name];
    writeFileSync(this.#entryFile(service), join(this.#folder, name, entry));
  }

  /** Makes the copy of its subject the mutant and nothing else; says why when the patch does not apply. */
  mutate(mutant: Mutant): string | undefined {
    this.restore(mutant.subject);
    const outcome = mutated(readFileSync(join(packageRoot, mutant.file), 'utf8'), mutant);
    if ('reason' in outcome) return outcome.reason;
    writeFileSync(join(this.#folder, mutant.subject, mutant.file), outcome.text);
    this.#mutatedFiles.set(mutant.subject, mutant.file);
    return undefined;
  }

  restore(name: SubjectName): void {
    const file = this.#mutatedFiles.get(name);
    if (file !== undefined) cpSync(join(packageRoot, file), join(this.#folder, name, file));
    this.#mutatedFiles.delete(name);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #entryFile(service: string): string {
    return join(this.#folder, `${service}.entry`);
  }
}
