import { cliModel, langchainModel } from '../chat.ts';
import { textModel } from '../setup/text-model.ts';
import { agentRunsLedger } from './agent-runs.ts';
import { chatsLedger } from './chats.ts';
import type { Ledger } from './ledger.ts';
import { memoriesLedger } from './memories.ts';
import { responsesLedger } from './responses.ts';
import { sessionsLedger } from './sessions.ts';

/** Everything that a stack keeps: messages and events of sessions, responses, agent runs and memories. */
export async function keptLedgers(): Promise<readonly Ledger[]> {
  const model = await textModel();
  return [sessionsLedger(), responsesLedger(model), agentRunsLedger(model), memoriesLedger()];
}

/** The same, and chats through both agents and to the model itself, which are kept by nobody. */
export async function allLedgers(): Promise<readonly Ledger[]> {
  return [...(await keptLedgers()), chatsLedger([cliModel, langchainModel, await textModel()])];
}
