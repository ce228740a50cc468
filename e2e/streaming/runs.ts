import type { PathName } from '../../harness/streaming/paths.ts';
import type { ScenarioName } from '../../harness/streaming/scenarios.ts';
import type { Run } from './scenarios/ask.ts';
import * as broken from './scenarios/broken.ts';
import * as hangUps from './scenarios/hang-ups.ts';
import * as kinds from './scenarios/kinds.ts';
import * as ollama from './scenarios/ollama.ts';
import * as whole from './scenarios/whole.ts';

/** How each scenario is held against a provider that does as it is told. */
const scripted: Readonly<Record<ScenarioName, Run>> = {
  order: whole.order,
  terminal: whole.terminal,
  grammar: kinds.grammar,
  usage: whole.usage,
  bytes: whole.bytes,
  packed: whole.packed,
  'line separators': whole.separators,
  incremental: whole.incremental,
  length: whole.length,
  'official client': whole.officialClient,
  parallel: whole.parallel,
  'broken off': broken.brokenOff,
  'ended early': broken.endedEarly,
  'error inside': broken.errorInside,
  'error before': broken.errorBefore,
  unprocessable: broken.unprocessable,
  left: hangUps.left,
  'left early': hangUps.leftEarly,
  tools: kinds.tools,
  reasoning: kinds.reasoning,
  'reasoning field': kinds.reasoningField,
  refusal: kinds.refusal,
};

const ofTinyModel: Readonly<Partial<Record<ScenarioName, Run>>> = {
  order: ollama.order,
  terminal: ollama.terminal,
  grammar: ollama.grammar,
  usage: ollama.usage,
  length: ollama.length,
  parallel: ollama.parallel,
  'official client': ollama.officialClient,
};

const own: Readonly<Partial<Record<PathName, Readonly<Partial<Record<ScenarioName, Run>>>>>> = {
  'LiteLLM to Ollama': ofTinyModel,
  'Open WebUI, pipe to gateway': { ...scripted, grammar: kinds.grammarOfText },
};

/** How a scenario is held on a path. Throws where it is not. */
export function runOf(path: PathName, scenario: ScenarioName): Run {
  const run = (own[path] ?? scripted)[scenario];
  if (!run) throw new Error(`nothing holds "${scenario}" on "${path}", which is not said to be inapplicable`);
  return run;
}
