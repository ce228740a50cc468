type Operator = (left: number, right: number) => number;

/** Precedence climbs from the outer level to the inner one; `^` binds to the right. */
const levels: readonly Readonly<Record<string, Operator>>[] = [
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  {
    '*': (left, right) => left * right,
    '/': (left, right) => left / right,
    '%': (left, right) => left % right,
  },
];

const deepestNesting = 100;

/**
 * Value of an arithmetic expression with `+ - * / % ^`, unary minus and parentheses.
 * @throws Error with a sentence for anything else, and when the result is no finite number
 */
export function evaluate(expression: string): number {
  const tokens = tokensOf(expression);
  let at = 0;
  let depth = 0;

  const binary = (level: number): number => {
    const operators = levels[level];
    if (operators === undefined) return unary();
    let value = binary(level + 1);
    for (let apply = operators[tokens[at] ?? '']; apply !== undefined; apply = operators[tokens[at] ?? '']) {
      at += 1;
      value = apply(value, binary(level + 1));
    }
    return value;
  };

  const unary = (): number => {
    if (depth > deepestNesting) throw new Error('The expression is nested too deeply.');
    depth += 1;
    try {
      if (tokens[at] === '-' || tokens[at] === '+') {
        at += 1;
        return tokens[at - 1] === '-' ? -unary() : unary();
      }
      const base = primary();
      if (tokens[at] !== '^') return base;
      at += 1;
      return base ** unary();
    } finally {
      depth -= 1;
    }
  };

  const primary = (): number => {
    const token = tokens[at] ?? '';
    at += 1;
    if (token === '(') {
      const value = binary(0);
      if (tokens[at] !== ')') throw new Error('A parenthesis is not closed.');
      at += 1;
      return value;
    }
    if (!/^[\d.]/.test(token))
      throw new Error(token === '' ? 'The expression ends early.' : `"${token}" is out of place.`);
    return Number(token);
  };

  const value = binary(0);
  if (at < tokens.length) throw new Error(`"${tokens[at]}" is out of place.`);
  if (!Number.isFinite(value)) throw new Error('The result is not a finite number.');
  return value;
}

function tokensOf(expression: string): readonly string[] {
  const text = expression.replaceAll('**', '^').replaceAll(/[×·]/g, '*').replaceAll('÷', '/');
  const token = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+|[-+*/%^()])|(\S))/giy;
  return [...text.matchAll(token)].map(([, known, unknown]) => {
    if (known === undefined) throw new Error(`"${unknown}" is not part of arithmetic.`);
    return known;
  });
}
