import { ChatOpenAI } from '@langchain/openai';
import type { BaselineSettings } from '../../baseline-kit/settings.ts';
import { wholeStreamFetch } from './whole-stream-fetch.ts';

type ModelSettings = Pick<BaselineSettings, 'llmUrl' | 'llmKey' | 'model' | 'requestTimeoutMs'>;

/** A chat model on the configured API. One call is one request: nothing is sent twice. */
export function createModel(
  settings: ModelSettings,
  parameters: Readonly<Record<string, unknown>>,
): ChatOpenAI {
  return new ChatOpenAI({
    model: settings.model,
    // The client insists on a key; an API without keys ignores it.
    apiKey: settings.llmKey ?? 'none',
    configuration: { baseURL: settings.llmUrl, fetch: wholeStreamFetch },
    maxRetries: 0,
    timeout: settings.requestTimeoutMs,
    useResponsesApi: false,
    modelKwargs: parameters,
  });
}
