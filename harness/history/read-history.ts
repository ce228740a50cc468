import { gauntletError } from '../errors.ts';
import {
  completionShape,
  type Fields,
  faultShape,
  headerShape,
  invokeShape,
  isAnswerTo,
  isAskedOf,
  wrongField,
} from './event-shape.ts';
import { type History, type HistoryEvent, type HistoryHeader, historyVersion } from './events.ts';

export interface ReadHistory {
  readonly history: History;
  /** The last line, when it was cut off (the recorder was killed); it is not in the history. */
  readonly torn?: string;
}

/**
 * Reads a history from JSON lines. A last line that ends in the middle is left out and reported.
 * @throws GauntletError GNT_HISTORY_VERSION for one of another version, GNT_HISTORY_INVALID with the line for anything else
 */
export function parseHistory(text: string): ReadHistory {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [first = '', ...rest] = lines;
  const header = headerOf(fieldsOf(first, 1));
  let torn: string | undefined;
  const last = rest.at(-1);
  if (last !== undefined && jsonOf(last) === undefined) torn = rest.pop();
  const pairing: Pairing = { open: new Map(), ids: new Set(), lastAt: Number.NEGATIVE_INFINITY };
  const events = rest.map((line, index) => eventOf(fieldsOf(line, index + 2), index + 2, pairing));
  return { history: { header, events }, ...(torn === undefined ? {} : { torn }) };
}

const refuse = (line: number, problem: string): never => {
  throw gauntletError('GNT_HISTORY_INVALID', `line ${line} ${problem}.`);
};

/** The value of a line, undefined for what is not JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fieldsOf(line: string, number: number): Fields {
  const value = jsonOf(line);
  if (value === undefined) return refuse(number, 'is not JSON');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(number, 'is not an object');
  }
  return value as Fields;
}

function headerOf(fields: Fields): HistoryHeader {
  if (fields.type !== 'header') refuse(1, 'is not a header');
  if (fields.version !== historyVersion) {
    throw gauntletError('GNT_HISTORY_VERSION', JSON.stringify(fields.version), historyVersion);
  }
  const wrong = wrongField(fields, headerShape);
  if (wrong) refuse(1, `has no usable ${wrong}`);
  return fields as unknown as HistoryHeader;
}

/** What is under way while a history is read. */
interface Pairing {
  readonly open: Map<unknown, Fields>;
  readonly ids: Set<unknown>;
  lastAt: number;
}

function eventOf(fields: Fields, line: number, pairing: Pairing): HistoryEvent {
  const { type, op } = fields;
  const at = Number(fields.at);
  if (type === 'fault') {
    const wrong = wrongField(fields, faultShape);
    if (wrong) refuse(line, `is a fault without a usable ${wrong}`);
    return fields as unknown as HistoryEvent;
  }
  if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'unknown') {
    return refuse(line, `has the type ${JSON.stringify(type)}`);
  }
  const wrong = wrongField(fields, type === 'invoke' ? invokeShape : completionShape);
  if (wrong === 'does') refuse(line, `does ${JSON.stringify(fields.does)}, which no checker knows`);
  if (wrong) refuse(line, `has no usable ${wrong}`);
  if (at < pairing.lastAt) refuse(line, 'is earlier than the line before');
  pairing.lastAt = at;
  if (type === 'invoke') begin(fields, line, pairing);
  else end(fields, line, pairing.open.get(op));
  if (type !== 'invoke') pairing.open.delete(op);
  return fields as unknown as HistoryEvent;
}

function begin(fields: Fields, line: number, { ids, open }: Pairing): void {
  const { op, does, value } = fields;
  if (ids.has(op)) refuse(line, `begins the operation ${op} again`);
  if (!isAskedOf(does, value)) refuse(line, `asks to ${does} ${JSON.stringify(value)}`);
  ids.add(op);
  open.set(op, fields);
}

function end({ op, client, type, value }: Fields, line: number, invoke: Fields | undefined): void {
  if (!invoke) refuse(line, `ends the operation ${op}, which is not under way`);
  if (invoke?.client !== client) refuse(line, `ends the operation ${op} of another client`);
  if (type === 'ok' && !isAnswerTo(invoke?.does, value)) {
    refuse(line, `answers ${invoke?.does} with ${JSON.stringify(value)}`);
  }
}
