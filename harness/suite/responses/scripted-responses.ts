import { journalOf } from '../journal.ts';
import { newOperation } from '../operation.ts';
import { textModel } from '../setup/text-model.ts';
import { skip } from '../skip.ts';
import { optionalService, service } from '../stack.ts';
import { ask } from './caller.ts';

/**
 * For tests that order what the model says by a directive, or look into the journal: skips the running test unless what is
 * asked of the gateway's /v1/responses arrives at the scripted provider.
 */
export async function needsScriptedResponses(): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  if (service('gateway').ours && !process.env.TEXT_MODEL) return;
  const { id, mark } = newOperation();
  await ask('POST', '/responses', { model: await textModel(), input: `Hi ${mark}` }).catch(() => undefined);
  if ((await journalOf(id)).length > 0) return;
  skip('requests to /v1/responses do not reach the scripted provider of this stack');
}
