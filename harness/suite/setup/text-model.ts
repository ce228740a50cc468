import axios from 'axios';
import { skip } from '../skip.ts';
import { service } from '../stack.ts';

/** The gateway's way to the scripted provider without an agent between, in a stack of ours. */
const ownModel = 'scripted-direct';

/**
 * The model that suites of model APIs ask: `TEXT_MODEL`; without it that of our stack, or on a gateway that the user put in
 * its place the first one that it lists.
 */
export async function textModel(): Promise<string> {
  if (process.env.TEXT_MODEL) return process.env.TEXT_MODEL;
  const { url, ours } = service('gateway');
  if (ours) return ownModel;
  const { data } = await axios.get<{ data?: readonly { id?: string }[] }>(`${url}/v1/models`, {
    timeout: 10_000,
    headers: process.env.GATEWAY_API_KEY ? { authorization: `Bearer ${process.env.GATEWAY_API_KEY}` } : {},
    validateStatus: () => true,
  });
  return data.data?.[0]?.id ?? skip('the gateway lists no model, and TEXT_MODEL is not set', 'missing_env');
}
