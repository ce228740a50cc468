import axios from 'axios';
import { cliModel, ownModel, says } from '../chat.ts';
import { journalOf } from '../journal.ts';
import { extract, newUser } from '../memory.ts';
import { newOperation } from '../operation.ts';
import { skip } from '../skip.ts';
import { optionalService, service } from '../stack.ts';

export type Subject = 'gateway' | 'baseline-cli' | 'baseline-langchain' | 'memory';

/**
 * For tests that order an answer or a fault by a directive, or look into the journal: skips the running test unless
 * what is sent to `subject` arrives at the scripted provider. Our own services get there; of a remote one, or with
 * another model API, one request shows it.
 */
export async function needsScriptedProvider(subject: Subject): Promise<void> {
  const { remote } = service(subject);
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  if (!remote && !process.env.MODEL_API_URL) return;
  if (!(await reachesProvider(subject)))
    skip(`requests to ${subject} do not reach the scripted provider of this stack`);
}

/** For hang-ups of whole answers, which a LiteLLM on the way does not pass on (BerriAI/litellm issue 37140). */
export function needsHangUpsPassedOn(): void {
  if (optionalService('litellm'))
    skip('LiteLLM goes on with a whole answer whose client has gone', 'upstream_unavailable');
}

async function reachesProvider(subject: Subject): Promise<boolean> {
  const { id, mark } = newOperation();
  if (subject === 'memory') {
    await extract(newUser(), `My favorite color is blue. ${mark}`).catch(() => undefined);
    return (await journalOf(id, 'memory')).length > 0;
  }
  const body = { model: subject === 'gateway' ? cliModel : ownModel, messages: says(`Hi ${mark}`) };
  const url = `${service(subject).url}/v1/chat/completions`;
  await axios.post(url, body, { timeout: 20_000 }).catch(() => undefined);
  return (await journalOf(id)).length > 0;
}
