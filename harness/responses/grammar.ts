import type { JsonRecord } from '../plan/json.ts';
import { eventFields, isOfKind, isRecord, type ResponseEvent } from './event-types.ts';
import type { Finding, Report } from './finding.ts';
import { followItem } from './items.ts';
import { checkOutput, followLifecycle, isLifecycle, terminalTypes } from './lifecycle.ts';
import type { OpenItem } from './open-item.ts';

export interface GrammarOptions {
  /** Over WebSocket an error nests its code and message under `error`, beside a status, and has no number. Default: `sse`. */
  readonly transport?: 'sse' | 'websocket';
}

/**
 * Holds a whole stream of Responses events to its grammar.
 *
 * @param events all of one response, in the order in which they came; a resumed stream is put behind what came before
 * @returns the places where it breaks a rule of `grammarRules`, in their order; none for a good stream
 */
export function checkEvents(
  events: readonly ResponseEvent[],
  { transport = 'sse' }: GrammarOptions = {},
): readonly Finding[] {
  const findings: Finding[] = [];
  const items: OpenItem[] = [];
  let first: JsonRecord | undefined;
  let end: string | undefined;
  let latest: string | undefined;
  for (const [at, event] of events.entries()) {
    const report: Report = (rule, says) => {
      findings.push({ rule, at, event: event.type, says });
    };
    const nests = transport === 'websocket' && event.type === 'error';
    if (!nests && event.sequence_number !== at)
      report('sequence', `it has the number ${JSON.stringify(event.sequence_number) ?? 'none'}`);
    if (end !== undefined && !(end === 'error' && event.type === 'response.failed'))
      report('terminal', `it comes after ${end}`);
    if (event.type === 'error' || terminalTypes.includes(event.type)) end = event.type;
    const missing = nests ? missingInNested(event) : missingIn(event);
    if (missing === undefined) report('type', 'the SDK knows no such type');
    if (missing === undefined || missing.length > 0) {
      if (missing) report('fields', `it lacks ${missing.join(', ')}`);
      continue;
    }
    if (isLifecycle(event.type)) {
      const isLate = items.length > 0 && !terminalTypes.includes(event.type);
      const place = isLate ? 'it comes after an item' : placeOf(event.type, latest);
      if (place) report('lifecycle', place);
      followLifecycle(event, first, report);
      first ??= event.response as JsonRecord;
      latest = event.type;
      if (terminalTypes.includes(event.type)) checkOutput(event, items, report);
    } else if (event.type !== 'error' && event.type !== 'keepalive') {
      if (!first) report('lifecycle', 'it comes before response.created');
      followItem(event, items, report);
    }
  }
  if (end === undefined)
    findings.push({ rule: 'terminal', at: events.length, event: 'end', says: 'no terminal event came' });
  return findings;
}

/** What is wrong with an event of the response after another one; undefined when nothing is. */
function placeOf(type: string, latest: string | undefined): string | undefined {
  if ((latest === undefined) !== (type === 'response.created'))
    return latest === undefined ? 'it comes before response.created' : 'it comes again';
  if (type === 'response.queued' && latest !== 'response.created') return `it comes after ${latest}`;
  return type === latest ? 'it comes again' : undefined;
}

/** Required fields that an event lacks, or has in another kind; undefined for an unknown type. */
function missingIn(event: ResponseEvent): readonly string[] | undefined {
  if (!Object.hasOwn(eventFields, event.type)) return undefined;
  return Object.entries(eventFields[event.type] ?? {}).flatMap(([name, kind]) =>
    isOfKind(event[name], kind) ? [] : [name],
  );
}

function missingInNested({ status, error }: ResponseEvent): readonly string[] {
  const isTold = isRecord(error) && typeof error.message === 'string' && typeof error.code === 'string';
  return [...(Number.isInteger(status) ? [] : ['status']), ...(isTold ? [] : ['error'])];
}
