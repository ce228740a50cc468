import { buildModel, type Chain } from './model.ts';

/** A model as Ollama keeps it. */
export interface Model {
  readonly name: string;
  readonly file: Buffer;
  readonly template: string;
  /** How Ollama reads calls from what the model writes, where not by the template. */
  readonly parser?: string;
  readonly parameters: Readonly<Record<string, number>>;
}

export const SENTENCE = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';

/** A prompt that ends with a tool's result ends with an exclamation mark. Ollama looks for calls as the template writes them. */
const toolTemplate = [
  '{{ range .Tools }}{{ .Function.Name }} {{ end }}{{ range .Messages }}{{ .Content }}',
  '{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "parameters": {{ .Function.Arguments }}}{{ end }}',
  '{{ if eq .Role "tool" }}!{{ end }}{{ end }}',
].join('');

const tiny: Chain = { name: 'tiny', sentence: SENTENCE };

/** The models that are registered, the one that everybody knows first. */
export const models: readonly Model[] = [
  model(tiny),
  model({ ...tiny, name: 'tiny-endless', endless: true }),
  model(
    {
      name: 'tiny-tools',
      sentence: '{"name": "get_weather", "parameters": {"city": "Paris"}}',
      after: { character: '!', sentence: 'It is sunny in Paris .' },
    },
    toolTemplate,
  ),
  // It leaves a call unfinished.
  {
    ...model({
      name: 'tiny-unfinished',
      sentence: 'Let me ask {"name": "get_weather", "arguments": {"city":',
    }),
    parser: 'laguna',
  },
  // It says one word for ever.
  model({ name: 'tiny-stuck', sentence: 'again', endless: true }),
  model({ ...tiny, name: 'tiny-embed', embeds: true }),
];

/**
 * A model that only the registry has, so that who says its sentence has been pulled. Its file is no other's: Ollama
 * keeps what it has by digest, and would not ask for it again.
 */
export function pulledModel(name: string): Model {
  return model({ name, sentence: `I came from ${name} .` });
}

/** One thread: several that wait for each other take seconds for a word where the processors are busy. */
function model(chain: Chain, template = '{{ .Prompt }}'): Model {
  return {
    name: chain.name,
    file: buildModel(chain),
    template,
    parameters: { temperature: 0, num_thread: 1 },
  };
}
