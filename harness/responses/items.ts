import type { JsonRecord } from '../plan/json.ts';
import { endCall, followCall } from './calls.ts';
import { itemTypeOf, type ResponseEvent, streamedArguments } from './event-types.ts';
import type { Report } from './finding.ts';
import { missingFields } from './item-shape.ts';
import { newItem, type OpenItem, recordsOf, shown, textOf } from './open-item.ts';
import { differences, followPart } from './parts.ts';
import { followSummary } from './summaries.ts';

/** Any event of an item: it is added, grows, and ends. */
export function followItem(event: ResponseEvent, items: OpenItem[], report: Report): undefined {
  const index = Number(event.output_index);
  if (event.type === 'response.output_item.added') return addItem(event, index, items, report);
  const item = items[index];
  if (!item) return report('item', `there is no item ${index} yet`);
  if (item.done) return report('close', `item ${index} had ended`);
  if (event.type === 'response.output_item.done') return endItem(event.item as JsonRecord, item, report);
  const type = itemTypeOf(event.type);
  if (type !== undefined && type !== item.type)
    return report('place', `item ${index} is ${shown(item.type)}`);
  if (event.item_id !== item.id)
    report('place', `item ${index} is ${shown(item.id)}, not ${shown(event.item_id)}`);
  if (event.summary_index !== undefined) followSummary(event, item, report);
  else if (event.content_index !== undefined) followPart(event, item, report);
  else followCall(event, item, report);
}

function addItem(event: ResponseEvent, index: number, items: OpenItem[], report: Report): undefined {
  const added = event.item as JsonRecord;
  const item = newItem(items.length, added);
  if (index !== items.length) report('item', `item ${index} is added where ${items.length} is next`);
  if (item.id === '' || item.type === '') report('item', 'it is added without an id or type');
  if (items.some(({ id }) => id === item.id)) report('item', `there is an item ${shown(item.id)} already`);
  const callId = added.call_id;
  if (callId !== undefined && items.some(({ added: other }) => other.call_id === callId))
    report('item', `there is a call ${shown(callId)} already`);
  for (const field of missingFields(added)) report('item', `${item.type} lacks ${field}`);
  if (added.status !== undefined && added.status !== 'in_progress')
    report('item', `it is added as ${shown(added.status)}`);
  if (recordsOf(added.content).length > 0 || recordsOf(added.summary).length > 0)
    report('part', 'it is added with parts in it');
  const field = streamedArguments[item.type];
  if (field && textOf(added[field]) !== '') report('call', `it is added with ${field} in it`);
  items.push(item);
}

function endItem(done: JsonRecord, item: OpenItem, report: Report): undefined {
  item.done = done;
  for (const name of ['type', 'id', 'call_id', 'name'] as const) {
    if (done[name] !== item.added[name])
      report('close', `${name} was ${shown(item.added[name])} and ends as ${shown(done[name])}`);
  }
  for (const field of missingFields(done)) report('item', `${item.type} lacks ${field}`);
  if (done.status === 'in_progress') report('close', 'it ends in progress');
  const open = [...item.parts, ...item.summaries].filter(({ isDone }) => !isDone);
  if (open.length > 0) report('close', `${open.length} of its parts have not ended`);
  compareParts('content', done, item, report);
  if (item.type === 'reasoning') {
    compareParts('summary', done, item, report);
    const isSilent = item.parts.length + item.summaries.length === 0;
    if (isSilent && textOf(done.encrypted_content) === '') report('reasoning', 'it is empty');
  }
  const field = streamedArguments[item.type];
  if (field && item.args.isTextDone && done[field] !== item.args.text)
    report('close', `${field} end as ${shown(done[field])}, they were ${shown(item.args.text)}`);
  endCall(item, done.status, report);
}

function compareParts(
  field: 'content' | 'summary',
  done: JsonRecord,
  item: OpenItem,
  report: Report,
): undefined {
  if (item.type !== 'message' && item.type !== 'reasoning') return;
  const streamed = field === 'content' ? item.parts : item.summaries;
  const parts = recordsOf(done[field]);
  if (parts.length !== streamed.length)
    report('close', `${parts.length} parts of its ${field} where ${streamed.length} were streamed`);
  for (const [index, part] of streamed.entries()) {
    for (const says of differences(parts[index], part)) report('close', says);
  }
}
