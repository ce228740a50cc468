/** @provider any */
import { expect, test } from '@jest/globals';
import axios from 'axios';
import { complete } from '../../harness/suite/chat.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { service } from '../../harness/suite/stack.ts';

const get = (path: string) =>
  axios.get(`${service('gateway').url}${path}`, { timeout: 10_000, validateStatus: () => true });

// covers 101/TestGatewayHealth.test_health_endpoint
test('says that it is healthy', async () => {
  const { status, data } = await get('/health');
  expect(status).toBe(200);
  expect(['ok', 'healthy']).toContain(data.status);
});

// covers 101/TestGatewayHealth.test_openapi_docs_available
test('has a page of documentation for people', async () => {
  const { status, data, headers } = await get('/docs');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/html');
  convention('gateway', 'the page of documentation shows the OpenAPI document', () =>
    expect(data).toMatch(/swagger|openapi|redoc/i),
  );
});

test('describes its chat endpoint as OpenAPI', async () => {
  const { status, data } = await get('/openapi.json');
  expect(status).toBeLessThan(500);
  convention('gateway', 'the OpenAPI document is at /openapi.json', () => {
    expect(status).toBe(200);
    expect(data?.openapi).toMatch(/^3\./);
    expect(Object.keys(data?.paths ?? {})).toEqual(
      expect.arrayContaining(['/health', '/v1/models', '/v1/chat/completions']),
    );
  });
});

test('stays healthy after requests that it refuses', async () => {
  const { status } = await complete('gateway', { model: 'nonexistent-model', messages: [] });
  expect(status).toBeGreaterThanOrEqual(400);
  expect((await get('/health')).status).toBe(200);
});

test('answers an unknown path with 404', async () => {
  const { status, data } = await get('/v1/no-such-thing');
  expect(status).toBe(404);
  convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
    expect(data?.error?.message).toEqual(expect.any(String)),
  );
});
