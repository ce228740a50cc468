import { phasedItems, type ResponseEvent, streamedArguments } from './event-types.ts';
import type { Report } from './finding.ts';
import type { OpenItem } from './open-item.ts';
import { followText } from './parts.ts';

/** Phases of a call in their order; the last two end it. What is not named here comes in the middle. */
const ranks: Readonly<Record<string, number>> = { in_progress: 0, completed: 2, failed: 2 };
const rankOf = (phase: string | undefined): number => (phase === undefined ? -1 : (ranks[phase] ?? 1));

/** Calls that tell that they search before they have. */
const searching: readonly string[] = ['file_search_call'];

/** Arguments of a call, and how far it is. */
export function followCall(event: ResponseEvent, item: OpenItem, report: Report): undefined {
  const said = event.type.slice('response.'.length);
  const phase = said.slice(said.lastIndexOf('.') + 1);
  if (!said.startsWith(`${item.type}.`)) {
    if (phasedItems.includes(item.type) && rankOf(item.phase) !== 0)
      report('call', 'arguments come when the call is under way');
    return followText(event, item.args, streamedArguments[item.type] ?? 'arguments', report);
  }
  const [from, to] = [rankOf(item.phase), rankOf(phase)];
  if (to < from || (to === from && to !== 1)) report('call', `${phase} comes after ${item.phase}`);
  if (from < 0 && to > 0) report('call', `${phase} comes before in_progress`);
  if (to === 2 && from < 1 && searching.includes(item.type)) report('call', 'it ends without a search');
  if (to === 2 && item.type === 'mcp_call' && !item.args.isTextDone)
    report('call', 'it ends before its arguments do');
  item.phase = phase;
}

/** What is open of a call whose item ends. */
export function endCall(item: OpenItem, status: unknown, report: Report): undefined {
  if (item.type in streamedArguments && !item.args.isTextDone && item.type !== 'code_interpreter_call')
    report('close', 'the item ends before its arguments do');
  if (!phasedItems.includes(item.type)) return;
  const isOver = rankOf(item.phase) === 2;
  // The standard has no event for a search that failed: its item alone says so.
  if (!isOver && status !== 'failed' && status !== 'incomplete')
    report('call', `the item ends, the call is ${item.phase ?? 'not begun'}`);
  if (isOver && status !== undefined && status !== item.phase)
    report('call', `the call is ${item.phase}, its item ${String(status)}`);
}
