import type { Report } from './finding.ts';
import { isObject, type JsonObject, objectOf, shown, textOf } from './read-events.ts';

/** A block that has begun, as far as its deltas have come. */
export interface OpenBlock {
  readonly index: number;
  readonly type: string;
  /** Of a call. */
  readonly id?: string;
  readonly name?: string;
  text: string;
  signatures: string[];
}

/** A block that has ended. */
export interface EndedBlock {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  /** Its text or thinking, or the JSON of its input. */
  readonly text: string;
  /** Of a call, where it is a JSON object; `{}` where nothing came. */
  readonly input?: JsonObject;
}

/** Deltas by the kind of block that takes them, each with the field of its text. */
const deltasOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: { text_delta: 'text', citations_delta: '' },
  thinking: { thinking_delta: 'thinking', signature_delta: 'signature' },
  redacted_thinking: {},
  tool_use: { input_json_delta: 'partial_json' },
  server_tool_use: { input_json_delta: 'partial_json' },
};
const isResult = (type: string): boolean => type.endsWith('_tool_result') || type === 'container_upload';

/** Begins a block; reports what its kind does not allow. */
export function beginBlock(index: number, block: JsonObject, ids: Set<string>, report: Report): OpenBlock {
  const type = textOf(block.type);
  const begun = { index, type, text: '', signatures: [] };
  if (!Object.hasOwn(deltasOf, type) && !isResult(type))
    report('block', `${shown(block.type)} is no kind of block`);
  if (type === 'text' && block.text !== '') report('block', `its text begins with ${shown(block.text)}`);
  if (type === 'thinking') {
    if (block.thinking !== '') report('block', `its thinking begins with ${shown(block.thinking)}`);
    if (typeof block.signature !== 'string') report('block', 'it has no place for a signature');
  }
  if (type === 'redacted_thinking' && textOf(block.data) === '') report('block', 'it has no data');
  if (type !== 'tool_use' && type !== 'server_tool_use') return begun;
  const [id, name] = [textOf(block.id), textOf(block.name)];
  if (id === '' || name === '') report('block', 'a call needs an id and a name');
  if (ids.has(id)) report('block', `another call has the id ${id}`);
  ids.add(id);
  if (!isObject(block.input) || Object.keys(block.input).length > 0) {
    report('block', `its input begins with ${shown(block.input)}`);
  }
  return { ...begun, id, name };
}

/** Adds a delta to its block. */
export function addDelta(block: OpenBlock, delta: JsonObject, report: Report): void {
  const kind = textOf(delta.type);
  const field = deltasOf[block.type]?.[kind];
  if (field === undefined) {
    report('delta', `a block of type ${block.type} takes no ${shown(delta.type)}`);
    return;
  }
  if (field === '') return;
  const piece = delta[field];
  if (typeof piece !== 'string') report('delta', `it has no ${field}`);
  else if (kind === 'signature_delta') block.signatures.push(piece);
  else {
    if (block.signatures.length > 0) report('signature', 'thinking goes on after it was signed');
    block.text += piece;
  }
}

/** Ends a block. */
export function endBlock({ type, id, name, text, signatures }: OpenBlock, report: Report): EndedBlock {
  const ended = { type, text, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
  if (type === 'thinking' && (signatures.length !== 1 || signatures[0] === '')) {
    report('signature', `it has ${signatures.filter(Boolean).length} signatures`);
  }
  if (type !== 'tool_use') return ended;
  const input = text === '' ? {} : parsedObject(text);
  return input ? { ...ended, input } : ended;
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? objectOf(value) : undefined;
  } catch {
    return undefined;
  }
}
