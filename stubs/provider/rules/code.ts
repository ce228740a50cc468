import type { Rule } from '../answer.ts';

const fenced = (code: string) => `\`\`\`python\n${code}\n\`\`\``;

/** Code on request; a baseline may run the fenced block in its sandbox. */
export const code: readonly Rule[] = [
  {
    name: 'hello world script',
    reply: ({ prompt }) =>
      /\bhello,? world\b/i.test(prompt) && /\b(script|program|code|python|print\w*)\b/i.test(prompt)
        ? `This script greets the world:\n\n${fenced("print('Hello, World!')")}`
        : undefined,
  },
  {
    name: 'adding function',
    reply: ({ prompt }) =>
      /\bfunction\b/i.test(prompt) && /\b(add|adds|sum|sums)\b/i.test(prompt)
        ? `This function adds two numbers:\n\n${fenced('def add(a, b):\n    return a + b\n\n\nprint(add(2, 3))')}`
        : undefined,
  },
  {
    name: 'other code',
    reply: ({ prompt }) =>
      /\b(write|create|generate|implement)\b[\s\S]*\b(python|script|function|program|code)\b/i.test(prompt)
        ? `Here is a small program to start from:\n\n${fenced('def main():\n    print("ready")\n\n\nmain()')}`
        : undefined,
  },
];
