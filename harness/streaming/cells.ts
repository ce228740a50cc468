import { type PathName, paths } from './paths.ts';
import { type ScenarioName, type StreamScenario, scenarios } from './scenarios.ts';

const tiny = 'the tiny model says one sentence and cannot be told to do this';
const toldInside = 'Open WebUI answers before the pipe runs; what it raises is told inside the stream';
const textOnly = 'a pipe gives text and nothing else';

/** What cannot be tried on a path, and why. */
export const inapplicable: Readonly<
  Partial<Record<PathName, Readonly<Partial<Record<ScenarioName, string>>>>>
> = {
  'LiteLLM to Ollama': {
    bytes: tiny,
    packed: tiny,
    'line separators': tiny,
    incremental: tiny,
    'broken off': tiny,
    'ended early': tiny,
    'error inside': tiny,
    'error before': tiny,
    unprocessable: tiny,
    left: tiny,
    'left early': tiny,
    tools: tiny,
    reasoning: tiny,
    'reasoning field': tiny,
    refusal: tiny,
  },
  'Open WebUI, pipe to gateway': {
    usage: textOnly,
    unprocessable: toldInside,
    length: textOnly,
    tools: textOnly,
    reasoning: textOnly,
    'reasoning field': textOnly,
    refusal: textOnly,
    'error before': toldInside,
  },
};

/** The scenarios that are tried on a path. */
export const scenariosOf = (path: PathName): readonly StreamScenario[] =>
  scenarios.filter(({ name }) => inapplicable[path]?.[name] === undefined);

/** What the name of a test that holds a scenario on a path says behind `testPrefix`. */
export const cellName = (path: PathName, scenario: StreamScenario): string => `${path}: ${scenario.title}`;

/** How the tests of the suite begin. */
export const testPrefix = 'a stream by way of ';

/** The cell of a test, by its name. */
export function cellOf(
  test: string,
): { readonly path: PathName; readonly scenario: ScenarioName } | undefined {
  for (const { name: path } of paths) {
    const scenario = scenarios.find((each) => `${testPrefix}${cellName(path, each)}` === test);
    if (scenario) return { path, scenario: scenario.name };
  }
  return undefined;
}
