/** One way to the provider: none, one hop or two. */
export interface Subject {
  readonly name: SubjectName;
  readonly title: string;
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly model: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const subjectNames = [
  'direct',
  'bare',
  'gateway',
  'gateway+baseline',
  'baseline',
  'portkey',
  'litellm',
] as const;
export type SubjectName = (typeof subjectNames)[number];

export const isSubjectName = (name: string): name is SubjectName =>
  subjectNames.some((known) => known === name);
