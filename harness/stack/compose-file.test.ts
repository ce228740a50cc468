import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseComposeFile, readComposeFile } from './compose-file.ts';

const minimal = `
x-base: &base { environment: { A: one } }
services:
  db:
    profiles: [core]
    image: db
    ports: ["127.0.0.1:\${DB_PORT:-}:5432"]
  mail: { image: mail, ports: ["127.0.0.1::25"] }
  web-app:
    <<: *base
    image: \${WEB_IMAGE:-web:local}
    command: [serve, --port, "80"]
    depends_on: { db: { condition: service_healthy }, mail: { condition: service_started } }
    ports: ["127.0.0.1::80"]
    healthcheck: { test: [CMD, check] }
    x-health: /health
`;

test('a service is read with merges, defaults and its port variable', () => {
  const [, , web] = parseComposeFile(minimal, {});
  expect(web).toMatchObject({
    name: 'web-app',
    image: 'web:local',
    command: ['serve', '--port', '80'],
    environment: { A: 'one' },
    port: { container: 80, variable: 'WEB_APP_PORT' },
    dependsOn: ['db', 'mail'],
    waitsFor: ['db'],
    healthcheck: ['CMD', 'check'],
    healthPath: '/health',
  });
});

test('the stack of this repository is readable', () => {
  const names = readComposeFile('compose.yaml', {}).map((service) => service.name);
  expect(names).toEqual(
    expect.arrayContaining(['gateway', 'memory', 'postgres', 'litellm', 'open-webui', 'ollama']),
  );
});

test('a file that is not YAML, has no services or a dangling dependency is a coded error', () => {
  expect(() => parseComposeFile('services: {a: [', {})).toThrow();
  expect(() => parseComposeFile('version: 3', {})).toThrow('no "services"');
  expect(() => parseComposeFile('services: {a: {ports: ["1:2"], depends_on: [b]}}', {})).toThrow(
    'a depends on "b", which is not a service',
  );
  expect(() => readComposeFile('/nowhere/compose.yaml', {})).toThrow(
    expect.objectContaining({ code: 'GNT_COMPOSE_FILE' }),
  );
});

test('a service that is started for gauntlet alone belongs to a profile of the stack all the same', () => {
  const text = minimal.replace('    profiles: [core]\n', '    profiles: [gauntlet]\n    x-part-of: core\n');
  expect(parseComposeFile(text, {})[0]?.profiles).toEqual(['core']);
});

test('what `docker compose up` starts by hand sees no process of the machine and has no right of its own', () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
    services: Record<string, Readonly<Record<string, unknown>>>;
  };
  const powers = ['pid', 'ipc', 'network_mode', 'cap_add', 'privileged', 'devices', 'user'];
  const powerful = Object.entries(services).filter(([, service]) => powers.some((name) => name in service));
  expect(powerful.map(([name, { profiles }]) => [name, profiles])).toEqual([['scope', ['gauntlet']]]);
  const given = (services.scope?.environment ?? {}) as Record<string, string>;
  // No value that goes without saying: the scope refuses to start without them.
  expect(given).toMatchObject({ GAUNTLET_RUN: `\${GAUNTLET_RUN:-}`, SCOPE_TOKEN: `\${SCOPE_TOKEN:-}` });
});
