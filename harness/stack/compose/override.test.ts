import { expect, test } from '@jest/globals';
import { parseComposeFile } from '../compose-file.ts';
import type { StackPlan } from '../plan-stack.ts';
import type { PlannedService } from '../planned-service.ts';
import type { Source } from '../replacement.ts';
import { composeOverride } from './override.ts';

const specs = parseComposeFile(
  `services:
  db: { profiles: [core], ports: ["1:5432"] }
  api:
    profiles: [core]
    command: [serve]
    depends_on: [db]
    environment: { DB: "http://db:5432/x", OTHER: "http://my-db:5432" }
    ports: ["1:80"]
`,
  {},
);

function plan(choose: (name: string) => Source, links: StackPlan['links'] = []): StackPlan {
  const services = specs.map((spec): PlannedService => {
    const source = choose(spec.name);
    if (source.kind === 'url') return { mode: 'remote', spec, url: source.url };
    return { mode: 'start', spec, source, hostPort: 1234 };
  });
  return {
    runId: 'r',
    driver: 'compose',
    composeFile: 'compose.yaml',
    workers: 2,
    services,
    links,
    variables: {},
    secrets: [],
  };
}

test('a stack of our own needs no second file', () => {
  expect(composeOverride(plan(() => ({ kind: 'own' })))).toBeUndefined();
});

test("a user's image runs its own command and is asked for its health from outside", () => {
  const text = composeOverride(
    plan((name) => (name === 'api' ? { kind: 'image', image: 'mine:1' } : { kind: 'own' })),
  );
  expect(text).toBe(`services:
  api:
    image: mine:1
    pull_policy: missing
    command: !reset null
    healthcheck: !reset null
    depends_on:
      db:
        condition: service_healthy
`);
});

test('a service whose health only gauntlet can ask is not waited for by the engine', () => {
  const image = (name: string): Source =>
    name === 'db' ? { kind: 'image', image: 'mine:1' } : { kind: 'command', command: 'serve' };
  expect(composeOverride(plan(image))).toContain('db:\n        condition: service_started');
});

test("a user's command runs in the folder it was given in", () => {
  const text = composeOverride(
    plan((name) => (name === 'api' ? { kind: 'command', command: 'node my.js' } : { kind: 'own' })),
  );
  expect(text).toContain('- node my.js');
  expect(text).toContain(`- ${process.cwd()}:/workspace:ro`);
});

test('a service that runs elsewhere is no dependency, and on this machine it has another name in containers', () => {
  const text = composeOverride(
    plan((name) => (name === 'db' ? { kind: 'url', url: 'http://127.0.0.1:9999' } : { kind: 'own' })),
  );
  expect(text).toBe(`services:
  api:
    environment:
      DB: http://host.docker.internal:9999/x
    extra_hosts:
      - host.docker.internal:host-gateway
    depends_on: !reset null
`);
});

test('a service finds the wire in place of the one it is linked to, and waits for it', () => {
  const links = [{ name: 'api>db', from: 'api', to: 'db', listen: 9501 }];
  const own: Source = { kind: 'own' };
  expect(composeOverride(plan(() => own, links))).toBe(`services:
  api:
    environment:
      DB: http://wire:9501/x
    depends_on:
      wire:
        condition: service_healthy
`);
});

test('what --env sets reaches every container', () => {
  const own = plan(() => ({ kind: 'own' }));
  const added = { GREETING: 'good morning' };
  const services = own.services.map((service) => ({
    ...service,
    spec: { ...service.spec, environment: { ...service.spec.environment, ...added } },
  }));
  expect(composeOverride({ ...own, services, serviceEnvironment: added })).toBe(`services:
  db:
    environment:
      GREETING: good morning
  api:
    environment:
      GREETING: good morning
`);
});

test("a provider on the user's machine is found from inside a container", () => {
  const own = plan(() => ({ kind: 'own' }));
  const url = 'http://localhost:8000/v1';
  const services = own.services.map((service) => ({
    ...service,
    spec: { ...service.spec, environment: service.spec.name === 'api' ? { MODEL_URL: url } : {} },
  }));
  const text = composeOverride({ ...own, services, variables: { SETUP_BASE_URL: url } });
  expect(text).toBe(`services:
  api:
    environment:
      MODEL_URL: http://host.docker.internal:8000/v1
    extra_hosts:
      - host.docker.internal:host-gateway
`);
});

test('who records owns the files, and services ask the recorder', () => {
  const recorded = parseComposeFile(
    `services:
  recorder: { profiles: [core], environment: { UP: "http://recorder:9600" }, ports: ["1:9600"] }
  api: { profiles: [core], environment: { A: "http://recorder:9600/up/provider/v1", B: "b" }, ports: ["1:80"] }
`,
    {},
  ).map((spec): PlannedService => ({ mode: 'start', spec, source: { kind: 'own' }, hostPort: 1234 }));
  const base = plan(() => ({ kind: 'own' }));
  const text = composeOverride({ ...base, services: recorded, variables: { RECORDER_USER: '7:8' } });
  expect(text).toBe(`services:
  recorder:
    user: 7:8
  api:
    environment:
      A: http://recorder:9600/up/provider/v1
`);
});
