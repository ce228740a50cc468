/** What a client may ask of a session or a run, by the labels of the orchestrators that ask. */
export const capabilityLabels = ['ask', 'exec', 'max', 'continue', 'resume'] as const;

/** What labels mean here; empty when none was given. */
export type Capability = '' | 'continue' | 'resume';

const meanings: ReadonlyMap<string, Capability> = new Map([
  ['', ''],
  ['ask', 'continue'],
  ['exec', 'continue'],
  ['max', 'continue'],
  ['continue', 'continue'],
  ['resume', 'resume'],
]);

/** A label as it is compared: without white space around it, in lower case. */
const normalLabel = (label: string): string => label.trim().toLowerCase();

/** The meaning of a label, however it is written; `undefined` for one that is not supported. */
export const capabilityOf = (label: string): Capability | undefined => meanings.get(normalLabel(label));

/** The body of the 501 for a label that is not supported; `sessionId` as it was sent. */
export const unsupportedCapability = (label: string, sessionId: string) => ({
  error: 'unsupported capability',
  capability: normalLabel(label),
  session_id: sessionId,
  status: 'failed',
  instructions: `Use one of the capabilities ${capabilityLabels.join(', ')}, or none.`,
});
