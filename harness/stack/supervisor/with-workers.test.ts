import { expect, test } from '@jest/globals';
import { withWorkers } from './with-workers.ts';

const order = {
  service: 'litellm',
  command: ['litellm', '--port', '2', '--num_workers', '2'],
  environment: { WORKERS: '2', PORT: '2' },
  cwd: '/',
  logFile: '/dev/null',
};

test('the number of workers changes in the environment and in the arguments, and nothing else does', () => {
  expect(withWorkers(order, 1)).toEqual({
    ...order,
    command: ['litellm', '--port', '2', '--num_workers', '1'],
    environment: { WORKERS: '1', PORT: '2' },
  });
});

test('a variable that the service does not know is not made up', () => {
  expect(withWorkers(order, 1).environment).not.toHaveProperty('UVICORN_WORKERS');
  const openWebui = { ...order, environment: { UVICORN_WORKERS: '2' } };
  expect(withWorkers(openWebui, 1).environment.UVICORN_WORKERS).toBe('1');
});

test('the number is found in a command line of a shell, too', () => {
  const shell = { ...order, command: ['sh', '-c', 'exec uvicorn app:app --workers 4 --port 2'] };
  expect(withWorkers(shell, 1).command[2]).toBe('exec uvicorn app:app --workers 1 --port 2');
});
