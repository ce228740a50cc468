/** What a provider answered, kept with the results of a run: whoever reads a green line can see what it stands for. */
export interface Evidence {
  readonly provider: string;
  /** How it was asked: the API and where the key was, or the API of the gateway. */
  readonly way: string;
  readonly isLive: boolean;
  readonly model: string;
  readonly at: string;
  readonly address: string;
  readonly status?: number;
  readonly contentType?: string;
  readonly requestId?: string;
  readonly durationMs: number;
  readonly ending: string;
  readonly answerId?: string;
  readonly answerModel?: string;
  /** Its beginning. */
  readonly text?: string;
  readonly outputTokens?: number;
}

/** Evidence under the test that saw it. */
export interface EvidenceNote {
  readonly file: string;
  readonly test: string;
  readonly evidence: Evidence;
}

/** Where in the results a piece of evidence is. */
export const evidencePath = ({ provider, way }: Evidence): string =>
  `evidence/${`${provider}-${way}`.replaceAll(/[^\w-]+/g, '-')}.json`;
