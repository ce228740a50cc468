import { expect, test } from '@jest/globals';
import { parseComposeFile } from './compose-file.ts';
import type { PlannedService } from './planned-service.ts';
import { linkPort, planLinks, possibleLinks, wireLinksVariable } from './wire-links.ts';

const services = parseComposeFile(
  `services:
  db: { profiles: [core], ports: ["1:5432"] }
  my-db: { profiles: [core], ports: ["1:5432"] }
  api: { profiles: [core], environment: { DB: "http://db:5432/x" }, ports: ["1:80"] }
  elsewhere: { profiles: [core], environment: { DB: "http://my-db:5432/x" }, ports: ["1:81"] }
  wire: { profiles: [core], ports: ["1:9500"] }
`,
  {},
).map((spec): PlannedService => {
  if (spec.name === 'elsewhere') return { mode: 'remote', spec, url: 'http://10.0.0.1' };
  return { mode: 'start', spec, source: { kind: 'own' }, hostPort: 1234 };
});

test('links join clients and services with what their environment names, as far as both run here', () => {
  expect(possibleLinks(services)).toEqual(['client>db', 'api>db', 'client>my-db', 'client>api']);
});

test('a link that the stack cannot have is a usage error that lists those it can', async () => {
  const wanted = planLinks({ named: ['api>my-db'], welcome: [] }, services, true);
  await expect(wanted).rejects.toMatchObject({
    code: 'GNT_USAGE',
    message: expect.stringContaining('client>db, api>db, client>my-db, client>api'),
  });
});

test('links of a workload are left out where the stack does not have them', async () => {
  const links = await planLinks({ named: ['api>db'], welcome: ['api>litellm', 'api>db'] }, services, true);
  expect(links).toEqual([{ name: 'api>db', from: 'api', to: 'db', listen: 9501 }]);
  expect(linkPort(links, 'api', 'db')).toBe(9501);
  expect(linkPort(links, 'api', 'my-db')).toBeUndefined();
});

test('clients reach their link at a port of the host', async () => {
  const [link] = await planLinks({ named: ['client>api'], welcome: [] }, services, true);
  expect(link).toMatchObject({ listen: 9501, hostPort: expect.any(Number) });
  expect(JSON.parse(wireLinksVariable(link ? [link] : [], services))).toEqual([
    { name: 'client>api', listen: 9501, target: 'api:80' },
  ]);
});
