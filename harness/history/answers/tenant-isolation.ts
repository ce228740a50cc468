import { chatCallsOf, type Journal, journalTextLimit } from '../journal.ts';
import { notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { answerOf, isShownAsComplete } from './answer.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';
import { type Markers, markersOf } from './markers.ts';

/** A text in which nothing of another tenant may be. */
interface Text {
  readonly where: string;
  readonly text: string;
  /** It may end in the middle of what was meant. */
  readonly isCut: boolean;
}

/** No text of one tenant reaches another, nor the model on another's behalf. Source: OWASP LLM02 (2025), sensitive information disclosure. */
export const tenantIsolation: Checker = {
  name: 'tenant-isolation',
  rule: 'No answer, and no request upstream, contains the marker of another tenant.',
  needs: [
    'operations of two tenants name their tenant, and those that bring text a marker that only this tenant has',
    'all markers begin with the same two or more characters, and no letter or digit follows them at once',
  ],
  check(history, journal) {
    const markers = markersOf(timelineOf(history).operations);
    if (typeof markers === 'string') return notFound('tenant-isolation', 0, markers);
    const faults = faultsNear(history);
    return judgeEach(
      'tenant-isolation',
      history,
      (operation) => {
        const { tenant } = operation.invoke;
        if (tenant === undefined) return undefined;
        if (faults.changedText(operation))
          return { lacks: 'all answers were changed by faults on their way' };
        const texts = textsOf(operation, journal);
        if (texts.length === 0) return { lacks: 'no answer and no request upstream has text' };
        return leak(operation, tenant, texts, markers) ?? 'judged';
      },
      'no operation names its tenant',
    );
  },
};

function leak(operation: Operation, tenant: string, texts: readonly Text[], markers: Markers) {
  for (const { where, text, isCut } of texts) {
    const owner = markers.foreignIn(text, tenant, isCut);
    if (!owner) continue;
    const { marker, tenant: other } = owner.invoke;
    return against(operation, `has "${marker}" of ${other} in ${where} for ${tenant}`, [owner]);
  }
  return undefined;
}

function textsOf(operation: Operation, journal: Journal | undefined): readonly Text[] {
  const { completion } = operation;
  const texts: Text[] = [];
  const answer = answerOf(operation);
  const value = completion?.value;
  const isCut =
    !isShownAsComplete(operation) && (completion?.stream !== undefined || completion?.type !== 'ok');
  if (answer !== undefined) texts.push({ where: 'the answer', text: answer, isCut });
  else if (value !== undefined && value !== null)
    texts.push({ where: 'the answer', text: JSON.stringify(value), isCut: false });
  // Errors are written down with a bound.
  if (completion?.error !== undefined)
    texts.push({ where: 'the error', text: completion.error, isCut: true });
  for (const { requestText } of journal ? chatCallsOf(journal, operation.invoke.op) : []) {
    const isBounded = requestText.length >= journalTextLimit;
    texts.push({ where: 'the request upstream', text: requestText, isCut: isBounded });
  }
  return texts;
}
