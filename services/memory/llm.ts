import type { LlmSettings } from './settings.ts';

const maxAnswerBytes = 1024 * 1024;

/**
 * One user message to an OpenAI-compatible chat completions API; returns the text of the answer.
 * Throws on an error status, an unusable answer, after `timeoutMs`, and when `signal` is aborted.
 */
export async function askLlm(settings: LlmSettings, content: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${settings.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }),
    },
    body: JSON.stringify({
      model: settings.model,
      messages: [{ role: 'user', content }],
      temperature: 0.1,
      max_tokens: 1000,
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The model answered with status ${response.status}.`);
  }
  const completion = JSON.parse(await boundedText(response)) as {
    choices?: { message?: { content?: unknown } }[];
  };
  const text = completion.choices?.[0]?.message?.content;
  if (typeof text !== 'string') throw new Error('The model answered without text.');
  return text;
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) throw new Error('The answer of the model is too long.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
