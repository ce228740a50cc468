import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SkipError, skip } from '../skip.ts';
import { service } from '../stack.ts';
import { type FeatureName, features } from './feature.ts';
import { type Finding, probe } from './probe.ts';
import { isRequired } from './requirement.ts';

/**
 * For the top of a file, `beforeEach(() => needs('responses'))`, or of a test: skips the running test when a service that
 * the user put in place of ours does not offer a feature, with what it answered. Ours has to offer all of them. After
 * `--require` the test fails instead.
 */
export async function needs(...names: readonly FeatureName[]): Promise<void> {
  for (const name of names) {
    const lacking = await lackOf(name);
    if (lacking === undefined) continue;
    if (isRequired(name)) throw new Error(`--require ${name}: ${lacking}`);
    skip(lacking, 'not_offered');
  }
}

/** Why a feature cannot be tested, or undefined when it can. */
async function lackOf(name: FeatureName): Promise<string | undefined> {
  const { subject } = features[name];
  try {
    const { url, ours } = service(subject);
    const { offered, said } = await findingOf(name, url, ours);
    return offered ? undefined : `the ${subject} in this stack does not offer ${name}: ${said}`;
  } catch (error) {
    if (error instanceof SkipError && isRequired(name)) return error.message;
    throw error;
  }
}

/** Asks once a run; files that begin at the same moment may ask twice. */
async function findingOf(name: FeatureName, url: string, ours: boolean): Promise<Finding> {
  const folder = process.env.GAUNTLET_FEATURES;
  const path = folder && join(folder, `${name}.json`);
  const known = path && knownFinding(path);
  if (known) return known;
  const found = ours
    ? { offered: true, said: 'a service of this package' }
    : await probe(url, features[name]);
  if (folder && path) {
    mkdirSync(folder, { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(found));
    renameSync(draft, path);
  }
  return found;
}

function knownFinding(path: string): Finding | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Finding;
  } catch {
    return undefined;
  }
}
