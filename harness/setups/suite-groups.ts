import { scripted } from './catalogue.ts';

/** Suites under one name, with the setup that they are run with unless the user says another one. */
export interface SuiteGroup {
  readonly name: string;
  /** Folders and files below e2e/. */
  readonly roots: readonly string[];
  readonly setup: string;
}

/**
 * Named groups for `--suites`. What `base` and `vision` ask of a provider every one can do; `responses` sends directives
 * to the scripted one.
 */
export const suiteGroups: readonly SuiteGroup[] = [
  { name: 'base', roots: ['base/'], setup: scripted },
  { name: 'responses', roots: ['responses/'], setup: scripted },
  { name: 'vision', roots: ['vision/images.test.ts'], setup: scripted },
];

/** Folders and files below e2e/ that some names of suites mean: each a group's, or a folder of its own. */
export function rootsOf(names: readonly string[]): readonly string[] {
  const roots = names.flatMap(
    (name) => suiteGroups.find((group) => group.name === name)?.roots ?? [`${name}/`],
  );
  return [...new Set(roots)];
}

/** The setup of the first group among some names, and which group that is. */
export function setupOfSuites(names: readonly string[]): { value: string; from: string } | undefined {
  const group = suiteGroups.find(({ name }) => names.includes(name));
  return group && { value: group.setup, from: `suite ${group.name}` };
}
