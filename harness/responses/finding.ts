/**
 * What a stream of Responses events must keep to. Sources: the types of the official SDK (`ResponseStreamEvent`), the order
 * that its accumulator demands, and what it lets pass although no client could rely on it.
 */
export const grammarRules = {
  frame: 'each frame is an event named like the type of its JSON data, and [DONE] is none of them',
  type: 'every type is one that the SDK knows',
  fields: 'an event has the fields of its type',
  sequence: 'events are numbered from 0, one after the other',
  lifecycle: 'created comes first, then queued and in_progress, of one response whose status fits the event',
  response: 'a response has the fields that clients read without asking',
  item: 'an item is added under the next index, with an id of its own, before anything is said of it',
  place: 'what is said of an item names its index, its id and an event of its type',
  part: 'a part is added under the next index of its item before its text, in an item that has such parts',
  text: 'deltas add up to the text that ends them, and nothing follows that',
  close: 'text, part and item are ended in this order, each once, by what they had become',
  summary: 'parts of a summary come one after the other: added, text, end of text, end',
  call: 'a call of a tool is under way before it searches, and over before its item is',
  annotation: 'an annotation comes under the next index of a text that is there',
  reasoning: 'a reasoning item says something',
  terminal: 'one terminal event ends the stream and nothing follows it',
  output: 'the output of the terminal event is what was streamed',
  usage: 'the terminal event alone tells the usage, and its sum is right',
} as const;
export type GrammarRule = keyof typeof grammarRules;

/** A place where a stream breaks a rule. */
export interface Finding {
  readonly rule: GrammarRule;
  /** Number of the event in the stream, from 0; the number of events for what is missing at the end. */
  readonly at: number;
  /** Type of that event. */
  readonly event: string;
  readonly says: string;
}

/** Takes a finding about the event that is being looked at. */
export type Report = (rule: GrammarRule, says: string) => undefined;

/** A finding on one line. */
export const findingText = ({ rule, at, event, says }: Finding): string =>
  `${at} ${event}: ${says} (${rule})`;
