import type { ProcessOrder } from './messages.ts';

/** How the services of compose.yaml, and the servers that people put in their place, are told their number of workers. */
const variables = ['WORKERS', 'UVICORN_WORKERS', 'WEB_CONCURRENCY'];
const flags = ['--workers', '--num_workers'];
/** In a command of a shell, and in `--workers=2`. */
const inOneWord = /(--(?:num_)?workers[ =])\d+/g;

/** The order with another number of workers: in its environment, and in its arguments where they name it. */
export function withWorkers(order: ProcessOrder, workers: number): ProcessOrder {
  const count = String(workers);
  const command = order.command.map((word, index) =>
    flags.includes(order.command[index - 1] ?? '') ? count : word.replace(inOneWord, `$1${count}`),
  );
  const environment = { ...order.environment };
  for (const name of variables) if (name in environment || name === 'WORKERS') environment[name] = count;
  return { ...order, command, environment };
}
