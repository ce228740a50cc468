import axios from 'axios';
import { skip } from './skip.ts';
import { service } from './stack.ts';

/**
 * For tests of what a service offers beyond the OpenAI API: skips the running test when a service that the user put in
 * place of ours describes itself (`/openapi.json`) without that path. Ours has to have it.
 *
 * @param path as OpenAPI writes it, such as `/v1/debug/stream/{id}`
 */
export async function needsRoute(subject: string, path: string): Promise<void> {
  const { url, ours } = service(subject);
  if (ours) return;
  const { status, data } = await axios.get<{ paths?: Record<string, unknown> }>(`${url}/openapi.json`, {
    timeout: 10_000,
    validateStatus: () => true,
  });
  const offered = Object.keys(data?.paths ?? {}).map(withoutNames);
  if (status === 200 && offered.includes(withoutNames(path))) return;
  skip(`the ${subject} in this stack does not offer ${path}`);
}

/** Names of parameters are free. */
function withoutNames(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, '{}');
}
