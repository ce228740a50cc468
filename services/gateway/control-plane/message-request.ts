import { newId } from '../responses/run/new-id.ts';
import { type Capability, capabilityOf, unsupportedCapability } from './capability.ts';
import { ControlError, invalidPayload } from './control-error.ts';

/** A checked POST /message. */
export interface MessageRequest {
  readonly sessionId: string;
  /** The client named no session, and this one is new. */
  readonly isNamedHere: boolean;
  /** Trimmed; may be empty where a capability is asked for. */
  readonly message: string;
  readonly capability: Capability;
  /** The capability as it was sent. */
  readonly label: string;
}

/** Of a message as JSON: the most that it takes in an answer, in the database and in an event. */
const maxMessageBytes = 256 * 1024;
const maxLabelLength = 64;

/** Names that can be stored, shown and sent in a query as they are: no control characters, no halves of pairs. */
const usableName = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** True for names that a session may have. */
export const isSessionName = (name: string): boolean => usableName.test(name);

/**
 * Reads a body in the order of checks that clients of the control plane know: its types, then its capability, then what is
 * missing.
 *
 * @throws ControlError 400, 413 or 501
 */
export function readMessage(body: unknown): MessageRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidPayload('The body must be a JSON object.');
  }
  const sent = body as Readonly<Record<string, unknown>>;
  const session = textOf(sent, 'session_id');
  const message = textOf(sent, 'message').trim();
  const label = textOf(sent, 'capability');
  const name = session.trim();
  if (name !== '' && !isSessionName(name)) {
    throw invalidPayload("'session_id' must have at most 128 characters, none of them a control character.");
  }
  if (label.length > maxLabelLength) {
    throw invalidPayload(`'capability' must have at most ${maxLabelLength} characters.`);
  }
  const capability = capabilityOf(label);
  if (capability === undefined) throw new ControlError(501, unsupportedCapability(label, session));
  if (message === '' && capability === '') {
    throw new ControlError(400, { error: 'message or capability required' });
  }
  if (Buffer.byteLength(JSON.stringify(message)) > maxMessageBytes) {
    const error = `message too large: it may have ${maxMessageBytes} bytes as JSON`;
    throw new ControlError(413, { error, code: 'message_too_large' });
  }
  return { sessionId: name || newId('cp'), isNamedHere: name === '', message, capability, label };
}

function textOf(sent: Readonly<Record<string, unknown>>, field: string): string {
  const value = Object.hasOwn(sent, field) ? (sent[field] ?? '') : '';
  if (typeof value !== 'string') throw invalidPayload(`'${field}' must be a string.`);
  return value;
}
