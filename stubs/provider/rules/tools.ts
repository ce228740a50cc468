import type { Rule } from '../answer.ts';
import type { Call } from '../call.ts';
import { type ToolDefinition, textOf } from '../chat-request.ts';
import { argumentsFor, expressionIn } from './tool-arguments.ts';

/** A tool's name and the request that it serves. */
const ASKED_FOR: readonly (readonly [name: RegExp, asked: (prompt: string) => boolean])[] = [
  [/calc|math/i, (prompt) => expressionIn(prompt) !== undefined],
  [/weather/i, (prompt) => /\bweather\b/i.test(prompt)],
  [/search/i, (prompt) => /\b(search|look up)\b/i.test(prompt)],
  [/exchange_rate/i, (prompt) => /\bexchange rate\b/i.test(prompt)],
  [/stock/i, (prompt) => /\bstock price\b/i.test(prompt)],
  [/time/i, (prompt) => /\bwhat time\b/i.test(prompt)],
  [/code_exec|python|run_code/i, (prompt) => /\b(run|execute)\b.*\bcode\b/i.test(prompt)],
];

/** Use of tools that the client offers: one call when it is asked for, a final answer after its result. */
export const tools: readonly Rule[] = [
  {
    name: 'tool result',
    reply: ({ afterUser }) => {
      const results = afterUser.filter((message) => message.role === 'tool');
      if (results.length === 0) return undefined;
      return results.map((result) => `The tool answered: ${textOf(result).slice(0, 2000)}`).join('\n');
    },
  },
  {
    name: 'tool call',
    reply: (call) => {
      const tool = call.request.toolChoice === 'none' ? undefined : (forced(call) ?? wanted(call));
      return tool && { calls: [{ name: tool.function.name, args: argumentsFor(tool, call.prompt) }] };
    },
  },
];

function forced({ request: { toolChoice, tools } }: Call): ToolDefinition | undefined {
  if (toolChoice === 'required') return tools[0];
  if (typeof toolChoice !== 'object' || toolChoice === null) return undefined;
  const name = (toolChoice as { function?: { name?: string } }).function?.name;
  return tools.find((tool) => tool.function.name === name);
}

function wanted({ request, prompt }: Call): ToolDefinition | undefined {
  return request.tools.find(({ function: { name } }) => {
    if (/[_-]/.test(name) && prompt.includes(name)) return true;
    if (new RegExp(`\\buse the ${name.replaceAll(/\W/g, '.')}\\b`, 'i').test(prompt)) return true;
    return ASKED_FOR.some(([pattern, asked]) => pattern.test(name) && asked(prompt));
  });
}
