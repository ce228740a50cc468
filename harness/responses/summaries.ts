import type { JsonRecord } from '../plan/json.ts';
import type { ResponseEvent } from './event-types.ts';
import type { Report } from './finding.ts';
import { newText, type OpenItem, shown } from './open-item.ts';
import { followText } from './parts.ts';

/** `response.reasoning_summary_*`: a part begins when the one before it has ended. */
export function followSummary(event: ResponseEvent, item: OpenItem, report: Report): undefined {
  const index = Number(event.summary_index);
  const part = event.part as JsonRecord | undefined;
  if (event.type === 'response.reasoning_summary_part.added') {
    if (index !== item.summaries.length)
      return report('summary', `part ${index} is added where ${item.summaries.length} is next`);
    if (item.summaries.at(-1)?.isDone === false) report('summary', 'the part before it has not ended');
    if (part?.type !== 'summary_text') report('summary', `it is ${shown(part?.type)}`);
    item.summaries.push(newText('summary_text'));
    return;
  }
  const open = item.summaries[index];
  if (!open) return report('summary', `there is no part ${index} yet`);
  if (open.isDone) return report('summary', `part ${index} had ended`);
  if (event.type !== 'response.reasoning_summary_part.done') return followText(event, open, 'text', report);
  open.isDone = true;
  if (!open.isTextDone) report('summary', 'the part ends before its text does');
  if (part?.type !== 'summary_text' || part.text !== open.text)
    report('summary', `it ends with ${shown(part?.text)}, its deltas say ${shown(open.text)}`);
}
