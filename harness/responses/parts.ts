import type { JsonRecord } from '../plan/json.ts';
import { partTexts, type ResponseEvent } from './event-types.ts';
import type { Report } from './finding.ts';
import { isSame, newText, type OpenItem, type OpenText, shown, textOf } from './open-item.ts';

const partsOf: Readonly<Record<string, readonly string[]>> = {
  message: ['output_text', 'refusal'],
  reasoning: ['reasoning_text'],
};

/** `response.content_part.*` and what is said between its two events. */
export function followPart(event: ResponseEvent, item: OpenItem, report: Report): undefined {
  const index = Number(event.content_index);
  if (event.type === 'response.content_part.added') return addPart(event, index, item, report);
  const part = item.parts[index];
  if (!part) return report('part', `there is no part ${index} yet`);
  if (event.type === 'response.content_part.done') return endPart(event, part, report);
  if (event.type === 'response.output_text.annotation.added') return annotate(event, part, report);
  const [, kind = ''] = /^response\.(\w+)\.(?:delta|done)$/.exec(event.type) ?? [];
  if (part.kind !== kind) return report('part', `part ${index} is ${part.kind}`);
  followText(event, part, partTexts[kind] ?? 'text', report);
}

/** A delta, or the event that ends a text; `field` has the whole text there. */
export function followText(event: ResponseEvent, open: OpenText, field: string, report: Report): undefined {
  if (open.isTextDone) return report('text', 'its text had ended');
  if (event.type.endsWith('.delta')) {
    open.text += textOf(event.delta);
    return;
  }
  open.isTextDone = true;
  if (event[field] !== open.text) {
    report('text', `the deltas say ${shown(open.text)}, their end ${shown(event[field])}`);
  }
}

function addPart(event: ResponseEvent, index: number, item: OpenItem, report: Report): undefined {
  const part = event.part as JsonRecord;
  const kind = textOf(part.type);
  const field = partTexts[kind];
  if (!partsOf[item.type]?.includes(kind)) return report('part', `no ${item.type} has a part ${shown(kind)}`);
  if (index !== item.parts.length)
    return report('part', `part ${index} is added where ${item.parts.length} is next`);
  if (field && textOf(part[field]) !== '')
    report('part', `a part begins with the text ${shown(part[field])}`);
  if (kind === 'output_text' && !isSame(part.annotations, []))
    report('part', 'a text begins with an empty list of annotations');
  item.parts.push(newText(kind));
}

function endPart(event: ResponseEvent, open: OpenText, report: Report): undefined {
  if (open.isDone) return report('close', 'this part had ended');
  if (!open.isTextDone) report('close', 'the part ends before its text does');
  open.isDone = true;
  const part = event.part as JsonRecord;
  for (const says of differences(part, open)) report('close', says);
}

/** How a part, as an event or an item has it, differs from what was streamed. */
export function differences(part: JsonRecord | undefined, open: OpenText): readonly string[] {
  if (part?.type !== open.kind) return [`a part ${shown(open.kind)} ends as ${shown(part?.type)}`];
  const text = part[partTexts[open.kind] ?? 'text'];
  return [
    ...(text === open.text ? [] : [`the part ends with ${shown(text)}, its deltas say ${shown(open.text)}`]),
    ...(open.kind !== 'output_text' || isSame(part.annotations, open.annotations)
      ? []
      : [`the part has the annotations ${shown(part.annotations)}, its events ${shown(open.annotations)}`]),
  ];
}

function annotate(event: ResponseEvent, open: OpenText, report: Report): undefined {
  if (open.kind !== 'output_text') return report('annotation', `part is ${open.kind}`);
  if (open.isDone) report('annotation', 'the part had ended');
  if (event.annotation_index !== open.annotations.length) {
    report('annotation', `${event.annotation_index} is added where ${open.annotations.length} is next`);
  }
  open.annotations.push(event.annotation ?? null);
  const annotation = (event.annotation ?? {}) as JsonRecord;
  const fields = annotationFields[textOf(annotation.type)] ?? ['type'];
  const missing = fields.filter((field) => annotation[field] === undefined || field === 'type');
  if (missing.length > 0) report('annotation', `it lacks ${missing.join(', ')}`);
}

/** Fields of each kind of annotation in the SDK's types. */
const annotationFields: Readonly<Record<string, readonly string[]>> = {
  file_citation: ['file_id', 'filename', 'index'],
  url_citation: ['url', 'title', 'start_index', 'end_index'],
  container_file_citation: ['container_id', 'file_id', 'filename', 'start_index', 'end_index'],
  file_path: ['file_id', 'index'],
};
