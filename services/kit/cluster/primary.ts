import cluster, { type Worker } from 'node:cluster';
import { constants } from 'node:os';
import type { Logger } from 'pino';
import type { Environment } from '../environment.ts';
import { createLog } from '../log.ts';
import { type ToPrimary, type ToWorker, workerIndexVariable } from './cluster-message.ts';
import { readClusterSettings } from './cluster-settings.ts';
import { relayGatherings } from './gather-relay.ts';
import { saveHandoffs } from './handoff.ts';

const initialisationTimeoutMs = 60_000;
const maxFailedStarts = 3;
/**
 * V8 lets the space for new objects grow to three times 16 MB in each worker under load, which then stays. A third of the
 * memory of a worker that serves many slow readers was that; with 4 MB a request costs no more processor time.
 */
const youngSpace = '--max-semi-space-size';
const youngSpaceMb = 4;
// Workers bound their drain themselves; this much later the primary ends the ones that could not.
const drainGraceMs = 1_000;

/** A place for one worker: the index stays, the processes in it come and go. */
interface Seat {
  readonly index: number;
  state: 'starting' | 'initialised' | 'listening' | 'dead';
  /** Deaths before listening, in a row. */
  failedStarts: number;
  worker: Worker | undefined;
}

/** Forks the workers, keeps their number, and passes signals on. Throws EnvironmentError on invalid settings. */
export function runPrimary(name: string, env: Environment): void {
  const { workers: expected, drainMs } = readClusterSettings(env);
  const log = createLog(name, env);
  const seats: Seat[] = [];
  let started = false;
  let stopping = false;

  const count = (state: Seat['state']) => seats.filter((seat) => seat.state === state).length;
  const tell = (worker: Worker, message: ToWorker) => {
    if (worker.isConnected()) worker.send(message);
  };
  const broadcast = (message: ToWorker) => {
    for (const { worker } of seats) if (worker !== undefined) tell(worker, message);
  };
  const fail = (message: string): never => {
    process.stderr.write(`${name}: ${message}\n`);
    killAll(seats);
    process.exit(1);
  };

  const spawn = (seat: Seat) => {
    if (stopping) return;
    const worker = cluster.fork({ [workerIndexVariable]: String(seat.index) });
    seat.worker = worker;
    saveHandoffs(worker, () =>
      seats.flatMap((one) => (one.state === 'listening' && one.worker ? [one.worker] : [])),
    );
    // Writing to a worker that has just died fails here; its exit is dealt with below.
    worker.on('error', (error) => log.debug({ err: error, worker: seat.index }, 'channel failed'));
    seat.state = 'starting';
    const deadline = setTimeout(() => worker.process.kill('SIGKILL'), initialisationTimeoutMs);

    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'fatal') {
        // A port lost between two lives of the only worker may come free again: that counts as a failed start.
        if (!started) fail(message.message);
        log.error({ worker: seat.index }, message.message);
      } else if (message.type === 'initialised') {
        clearTimeout(deadline);
        seat.state = 'initialised';
        if (started) tell(worker, { type: 'listen' });
        else if (count('initialised') === expected) broadcast({ type: 'listen' });
      } else if (message.type === 'listening') {
        seat.state = 'listening';
        seat.failedStarts = 0;
        const listening = count('listening');
        broadcast({ type: 'cohort', listening });
        if (listening === expected) {
          log.info({ workers: expected, address: message.address }, started ? 'ready again' : 'ready');
          started = true;
        }
      }
    });

    worker.on('exit', (code, signal) => {
      clearTimeout(deadline);
      const wasListening = seat.state === 'listening';
      seat.state = 'dead';
      seat.worker = undefined;
      broadcast({ type: 'cohort', listening: count('listening') });
      if (stopping) return;
      log.warn({ worker: seat.index, workerPid: worker.process.pid, code, signal }, 'worker died');
      if (!wasListening) seat.failedStarts += 1;
      // Once the service has been ready its settings are known to work: what fails now may pass, so it keeps trying.
      if (!started && seat.failedStarts >= maxFailedStarts) {
        fail(`worker ${seat.index} died ${maxFailedStarts} times while starting; see its log above.`);
      }
      setTimeout(() => spawn(seat), backoffMs(seat.failedStarts));
    });
  };

  const stop = (signal: 'SIGTERM' | 'SIGINT') => {
    if (stopping) {
      killAll(seats);
      process.exit(128 + constants.signals[signal]);
    }
    stopping = true;
    log.info({ signal, drainMs }, 'draining');
    broadcast({ type: 'drain' });
    void allGone(seats, drainMs + drainGraceMs).then((inTime) => {
      if (!inTime) {
        log.error('workers did not end in time and were killed');
        killAll(seats);
      }
      process.exit(inTime ? 0 : 1);
    });
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  watchParent(log);
  relayGatherings(log);
  cluster.setupPrimary({ execArgv: workerArguments(process.execArgv, process.env.NODE_OPTIONS) });
  for (let index = 1; index <= expected; index += 1) {
    const seat: Seat = { index, state: 'dead', failedStarts: 0, worker: undefined };
    seats.push(seat);
    spawn(seat);
  }
}

/** Arguments of Node for workers: those of the primary, and a bound for new objects unless whoever starts the service set one. */
export function workerArguments(own: readonly string[], nodeOptions = ''): string[] {
  const isSet = [...own, nodeOptions].some((text) => text.replaceAll('_', '-').includes(youngSpace));
  return isSet ? [...own] : [...own, `${youngSpace}=${youngSpaceMb}`];
}

/** Wait before the next start: none after a worker that served, then 0.2 s doubling up to 3.2 s. */
export function backoffMs(failedStarts: number): number {
  return failedStarts === 0 ? 0 : Math.min(100 * 2 ** failedStarts, 3_200);
}

function killAll(seats: readonly Seat[]): void {
  for (const { worker } of seats) worker?.process.kill('SIGKILL');
}

function allGone(seats: readonly Seat[], timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const check = () => {
      if (seats.some(({ worker }) => worker !== undefined)) return;
      clearTimeout(timer);
      resolve(true);
    };
    cluster.on('exit', check);
    check();
  });
}

/** A parent with an IPC channel (a supervisor that forked us) takes the service with it when it dies. */
function watchParent(log: Logger): void {
  if (process.send === undefined) return;
  process.on('disconnect', () => {
    log.warn('parent gone');
    process.kill(process.pid, 'SIGTERM');
  });
}
