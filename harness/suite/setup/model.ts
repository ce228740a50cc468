import axios from 'axios';
import { langchainModel } from '../chat.ts';
import { skip } from '../skip.ts';
import { service } from '../stack.ts';

/**
 * For tests that compare models: skips the running test unless the gateway lists the model. Ours lists the baselines that
 * the stack has.
 */
export async function needsModel(model: string): Promise<void> {
  const { url, ours } = service('gateway');
  if (ours && model === langchainModel) service('baseline-langchain');
  if (ours) return;
  const { status, data } = await axios.get<{ data?: readonly { readonly id?: string }[] }>(
    `${url}/v1/models`,
    {
      timeout: 10_000,
      validateStatus: () => true,
    },
  );
  const listed = data?.data?.map(({ id }) => id) ?? [];
  if (listed.includes(model)) return;
  const said =
    status === 200 ? `it lists ${listed.join(', ')}` : `GET /v1/models was answered with ${status}`;
  skip(`the gateway in this stack does not offer the model ${model}: ${said}`, 'not_offered');
}
