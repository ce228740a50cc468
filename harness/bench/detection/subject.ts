/** What mutants are made of: a correct service that runs from a copy in place of one of the stack. */
export interface BenchSubject {
  /** The service of compose.yaml that it stands in for. */
  readonly service: 'memory' | 'gateway' | 'baseline-cli';
  /** What is started, from the root of the package. */
  readonly entry: string;
  /** Folders that it needs, from the root of the package. */
  readonly folders: readonly string[];
  /** Answers 200 once all its workers listen. */
  readonly readyPath: string;
  /** Hunted without a mutant first: a finding there is a false alarm. */
  readonly workloads: readonly string[];
}

const ours = { folders: ['services'], readyPath: '/ready' } as const;
const ofKit = { folders: ['bugs/kit'], readyPath: '/health' } as const;

export const subjects = {
  memory: {
    service: 'memory',
    entry: 'services/memory/main.ts',
    ...ours,
    workloads: ['memory', 'memory-limit'],
  },
  gateway: {
    service: 'gateway',
    entry: 'services/gateway/main.ts',
    ...ours,
    workloads: [
      'gateway',
      'gateway-arena',
      'gateway-upstreams',
      'messages',
      'responses',
      'control-plane',
      'agents',
    ],
  },
  'baseline-cli': {
    service: 'baseline-cli',
    entry: 'services/baseline-cli/main.ts',
    ...ours,
    workloads: ['gateway'],
  },
  'kit-memory': { service: 'memory', entry: 'bugs/kit/start-memory.ts', ...ofKit, workloads: ['memory'] },
  'kit-gateway': { service: 'gateway', entry: 'bugs/kit/start-gateway.ts', ...ofKit, workloads: ['gateway'] },
  'kit-tasks': {
    service: 'memory',
    entry: 'bugs/kit/start-tasks.ts',
    ...ofKit,
    workloads: ['bugs/kit/tasks.ts'],
  },
} as const satisfies Readonly<Record<string, BenchSubject>>;

export type SubjectName = keyof typeof subjects;

export const subjectNames = Object.keys(subjects) as readonly SubjectName[];

/** The services of the stack that are started from copies. */
export const replacedServices = [...new Set(subjectNames.map((name) => subjects[name].service))];
