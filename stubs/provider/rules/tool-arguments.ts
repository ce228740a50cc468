import type { ToolDefinition } from '../chat-request.ts';

type Property = { readonly type?: unknown; readonly enum?: readonly unknown[] };

const EXPRESSION = /-?\d+(?:\.\d+)?(?:\s*[-+*/x×^]\s*-?\d+(?:\.\d+)?)+/;
const PLACE = /\b(?:in|at|for)\s+([A-Z][\p{L}]*(?:[ -][A-Z][\p{L}]*)*)/u;

/** The first arithmetic expression of a text in plain operators, `undefined` without one. */
export function expressionIn(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[0].replaceAll(/[x×]/g, '*').replaceAll(/\s+/g, ' ');
}

function placeIn(text: string): string | undefined {
  return PLACE.exec(text)?.[1];
}

/**
 * Arguments for a call of `tool` that fit its JSON schema: the required properties (all, when none is required),
 * filled from the prompt.
 */
export function argumentsFor(tool: ToolDefinition, prompt: string): Readonly<Record<string, unknown>> {
  const schema = tool.function.parameters ?? {};
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Property>>;
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const names = required.length > 0 ? required : Object.keys(properties);
  return Object.fromEntries(names.map((name) => [name, valueFor(name, properties[name] ?? {}, prompt)]));
}

function valueFor(name: string, property: Property, prompt: string): unknown {
  if (property.enum !== undefined && property.enum.length > 0) {
    return (
      property.enum.find((value) => prompt.toLowerCase().includes(String(value).toLowerCase())) ??
      property.enum[0]
    );
  }
  if (property.type === 'number' || property.type === 'integer')
    return Number(/-?\d+/.exec(prompt)?.[0] ?? 1);
  if (property.type === 'boolean') return true;
  if (property.type === 'array') return [];
  if (property.type === 'object') return {};
  if (/expression|formula|input/i.test(name)) return expressionIn(prompt) ?? prompt;
  if (/location|city|place/i.test(name)) return placeIn(prompt) ?? prompt;
  return prompt;
}
