import type { KnownFailure } from '../suite/known-failure.ts';
import type { PathName } from './paths.ts';
import type { ScenarioName } from './scenarios.ts';

const litellm = (bug: string, says: RegExp): KnownFailure => ({
  ...{ bug, says },
  ...{ service: 'litellm', version: '1.106.2' },
});
const openWebui = (bug: string, says: RegExp): KnownFailure => ({
  ...{ bug, says },
  ...{ service: 'open-webui', version: '0.12.4' },
});

const endedWell = litellm('litellm-clean-end', /- Array \[\][\s\S]*\+\s+"stop"/);
const unprocessable = (status: number) =>
  litellm('litellm-stream-unprocessable', new RegExp(`Expected value: ${status}`));
const unnoticed = /saw no "hungup"/;

/** What LiteLLM does on each of its ways to a provider. */
const everywhere: Readonly<Partial<Record<ScenarioName, KnownFailure>>> = {
  'ended early': endedWell,
  unprocessable: unprocessable(500),
  'left early': litellm('litellm-stream-left-early', unnoticed),
  refusal: litellm('litellm-stream-refusal', /Expected: "I cannot do that\."\s+Received: ""/),
};

/** The cells that stay red for a reason that is known, and the bug that shows it. Another failure of such a cell is news. */
export const knownFailures: Readonly<
  Partial<Record<PathName, Readonly<Partial<Record<ScenarioName, KnownFailure>>>>>
> = {
  LiteLLM: everywhere,
  // The gateway takes a 500 of its upstream for what it is.
  'gateway to LiteLLM': { ...everywhere, unprocessable: unprocessable(502) },
  'LiteLLM, responses': {
    ...everywhere,
    grammar: litellm('litellm-stream-grammar', /the frame is named nothing/),
  },
  'LiteLLM, messages': {
    ...everywhere,
    // The status has been sent when it finds out.
    unprocessable: unprocessable(200),
    // Later hang-ups get lost on this bridge as well, in a race (BerriAI/litellm issue 36123).
    left: { ...litellm('litellm-stream-left-early', unnoticed), sometimes: true },
    grammar: litellm('litellm-stream-thoughts', /it has 0 signatures/),
  },
  'LiteLLM to Ollama': { grammar: litellm('litellm-stream-ollama-ids', /there are \d+ ids/) },
  'Open WebUI, pipe to gateway': {
    grammar: openWebui('open-webui-stream-chunks', /the first delta has no role/),
    'official client': openWebui('open-webui-stream-chunks', /missing role for choice 0/),
  },
  'Open WebUI to LiteLLM': {
    ...everywhere,
    'left early': openWebui('open-webui-stream-left-early', unnoticed),
  },
};
