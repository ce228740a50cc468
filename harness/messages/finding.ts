/**
 * What a stream of message events must keep to. Sources: the Anthropic API reference ("Streaming messages"), the types of
 * its official SDK (`RawMessageStreamEvent`), and what that SDK lets pass although no client could rely on it: a stream
 * without `message_delta`, a block that ends twice.
 */
export const grammarRules = {
  frame: 'each frame is an event named like the type of its JSON data, and [DONE] is none of them',
  type: 'every type is one of the API',
  start: 'message_start comes first, once, with an empty message of the assistant',
  index: 'blocks are numbered from 0, one after the other, one open at a time',
  block: 'a block begins empty and with the fields of its kind; ids of calls are unique',
  delta: 'a delta belongs to the open block and is of its kind',
  signature: 'thinking is signed once, after its text',
  input: 'the input of a call is a JSON object when its block ends',
  stop: 'a block that began ends once, and every block before the message does',
  reason: 'message_delta follows the blocks and tells why the message ended, which fits what it says',
  usage: 'tokens are counts, told at the start and at the end, and those of the output never go down',
  end: 'message_stop ends a whole message, an error any other; nothing follows',
  error: 'an error has a type of the API and a message',
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
export type Report = (rule: GrammarRule, says: string) => void;

/** A finding on one line. */
export const findingText = ({ rule, at, event, says }: Finding): string =>
  `${at} ${event}: ${says} (${rule})`;

export const errorTypes: readonly string[] = [
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'request_too_large',
  'rate_limit_error',
  'timeout_error',
  'api_error',
  'overloaded_error',
];
