import axios from 'axios';
import { cliModel, ownModel, says } from './chat.ts';
import { journalOf } from './journal.ts';
import { newOperation } from './operation.ts';
import { skip } from './skip.ts';
import { optionalService, service } from './stack.ts';

/**
 * For tests that order an answer or a fault by a directive, or look into the journal: skips the running test unless
 * what is sent to `subject` arrives at the scripted provider. Our own services get there; of a remote one, or with
 * another model API, one request shows it.
 */
export async function needsScriptedProvider(subject: 'gateway' | 'baseline-cli' | 'baseline-langchain') {
  const { url, remote } = service(subject);
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  if (!remote && !process.env.MODEL_API_URL) return;
  const { id, mark } = newOperation();
  const model = subject === 'gateway' ? cliModel : ownModel;
  await axios
    .post(`${url}/v1/chat/completions`, { model, messages: says(`Hi ${mark}`) })
    .catch(() => undefined);
  if ((await journalOf(id)).length === 0) skip(`requests to ${subject} do not reach the scripted provider`);
}
