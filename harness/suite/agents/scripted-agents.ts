import { journalOf } from '../journal.ts';
import { newOperation } from '../operation.ts';
import { textModel } from '../setup/text-model.ts';
import { skip } from '../skip.ts';
import { optionalService, service } from '../stack.ts';
import { ended, start } from './agent-client.ts';

/**
 * For tests that order what the agent says by a directive, or look into the journal: skips the running test unless what is
 * said to agents of the gateway arrives at the scripted provider.
 */
export async function needsScriptedAgents(): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  if (service('gateway').ours && !process.env.TEXT_MODEL) return;
  const { id, mark } = newOperation();
  const run = await start(await textModel(), `Hi ${mark}`).catch(() => undefined);
  if (run) await ended(run.session_id).catch(() => undefined);
  if ((await journalOf(id)).length > 0) return;
  skip('what is said to agents does not reach the scripted provider of this stack');
}
