/**
 * Replaces `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:+instead}`, `${VAR+instead}` and `${VAR:?message}` in a compose value;
 * `$$` is a literal dollar. Defaults may hold variables themselves.
 * Source: Compose Specification, "Interpolation".
 *
 * @throws Error when a required variable is missing.
 */
export function interpolate(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  let result = '';
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '$') {
      result += text[at++];
    } else if (text[at + 1] === '$') {
      result += '$';
      at += 2;
    } else if (text[at + 1] === '{') {
      const end = closingBrace(text, at + 2);
      result += expand(text.slice(at + 2, end), variables);
      at = end + 1;
    } else {
      const name = /^\w+/.exec(text.slice(at + 1))?.[0] ?? '';
      result += name ? (variables[name] ?? '') : '$';
      at += 1 + name.length;
    }
  }
  return result;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`unclosed "\${" in ${JSON.stringify(text)}`);
}

function expand(expression: string, variables: Readonly<Record<string, string | undefined>>): string {
  const match = /^(\w+)(?:(:?[-?+])(.*))?$/s.exec(expression);
  if (!match) throw new Error(`cannot read "\${${expression}}"`);
  const [, name = '', operator, operand = ''] = match;
  const value = variables[name];
  const usable = operator?.startsWith(':') ? Boolean(value) : value !== undefined;
  if (operator?.endsWith('+')) return usable ? interpolate(operand, variables) : '';
  if (usable || operator === undefined) return value ?? '';
  if (operator.endsWith('?')) throw new Error(`${name} is required: ${operand}`);
  return interpolate(operand, variables);
}
