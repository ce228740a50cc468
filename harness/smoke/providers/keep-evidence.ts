import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { told } from '../failures/failure-class.ts';
import type { Asked } from './ask-provider.ts';
import type { Access } from './catalogue.ts';
import type { ChosenProvider } from './chosen-provider.ts';
import type { Evidence, EvidenceNote } from './evidence.ts';

/** Keeps what a provider answered to one request. */
export function keepEvidence(chosen: ChosenProvider, { auth, dialect }: Access, asked: Asked): void {
  const { judged, address, status, contentType, requestId, durationMs } = asked;
  const { said } = judged;
  keep({
    ...about(chosen, `${dialect}-${auth}`),
    address,
    ...(status === undefined ? {} : { status }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(requestId === undefined ? {} : { requestId }),
    durationMs,
    ending: told(judged.ending),
    ...(said ? { answerId: said.id, answerModel: said.model, text: said.text.slice(0, 200) } : {}),
    ...(said?.outputTokens === undefined ? {} : { outputTokens: said.outputTokens }),
  });
}

/** Keeps what came through the gateway. */
export function keepGatewayEvidence(
  chosen: ChosenProvider,
  way: string,
  seen: Pick<Evidence, 'address' | 'durationMs' | 'answerId' | 'answerModel' | 'text'>,
): void {
  keep({ ...about(chosen, way), ending: 'a good answer', ...seen });
}

const about = ({ name, isLive, model }: ChosenProvider, way: string) => ({
  provider: name,
  way,
  isLive,
  model,
  at: new Date().toISOString(),
});

function keep(evidence: Evidence): void {
  const { currentTestName: test = '', testPath: file = '' } = expect.getState();
  const path = process.env.GAUNTLET_EVIDENCE;
  if (path) appendFileSync(path, `${JSON.stringify({ file, test, evidence } satisfies EvidenceNote)}\n`);
}
